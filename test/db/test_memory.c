/* G14: the library's own heap stays small. G13: memory that runs out is an error like any other. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "long_tests.h"
#include "record.h"
#include "suite.h"

/* Every block begins with its size. At most `allowed` more allocations succeed; -1: all. */
typedef struct meter {
  size_t now, peak;
  unsigned long calls;
  long allowed;
} meter;

enum { HEAD = 16 };

static void *meter_resize(void *data, void *block, size_t size)
{
  meter *m = data;
  char *old = block != NULL ? (char *)block - HEAD : NULL;
  size_t before = old != NULL ? *(size_t *)(void *)old : 0;
  m->calls++;
  if (m->allowed == 0) {
    return NULL;
  }
  char *new = malloc(size + HEAD);
  ck_assert_ptr_nonnull(new);
  if (old != NULL) {
    memcpy(new + HEAD, block, before < size ? before : size);
    free(old);
  }
  *(size_t *)(void *)new = size;
  m->allowed -= m->allowed > 0;
  m->now = m->now - before + size;
  m->peak = m->now > m->peak ? m->now : m->peak;
  return new + HEAD;
}

static void meter_release(void *data, void *block)
{
  meter *m = data;
  if (block != NULL) {
    char *old = (char *)block - HEAD;
    m->now -= *(size_t *)(void *)old;
    free(old);
  }
}

static meter gauge;
static const embark_allocator metered = {meter_resize, meter_release, &gauge};

static void measure(long allowed)
{
  gauge = (meter){.allowed = allowed};
  drive_options.allocator = &metered;
}

/* --- how much --------------------------------------------------------------------------------- */

enum { MEGABYTE = 1000000 };

/* Under a sanitizer, which makes it slow, no more than shows that it streams. */
static size_t much(void)
{
  return (size_t)(is_sanitized() ? 10 : 100) * MEGABYTE;
}

START_TEST(g14_a_migration_of_100_mb_in_statements_streams)
{
  char *sql = keep_zeros(much() + 12000);
  size_t at = 0;
  while (at < much()) {
    at += (size_t)sprintf(sql + at, "select '%04000d';\n", 0);
  }
  made_bundle *made = bundle_native("0000_a", sql, "0001_b", "create table b ();\n", NULL);
  measure(-1);
  drive_ok(made);
  ck_assert_uint_gt(gauge.peak, 0);
  ck_assert_uint_lt(gauge.peak, MEGABYTE);
  ck_assert_uint_eq(gauge.now, 0);
}
END_TEST

START_TEST(g14_a_copy_of_100_mb_streams)
{
  char *sql = keep_zeros(much() + 12000);
  size_t at = (size_t)sprintf(sql, "create table a (x text);\ncopy a from stdin;\n");
  while (at < much()) {
    at += (size_t)sprintf(sql + at, "%010000d\n", 0);
  }
  sprintf(sql + at, "\\.\n");
  made_bundle *made = bundle_native("0000_a", sql, "0001_b", "create table b ();\n", NULL);
  measure(-1);
  drive_ok(made);
  ck_assert_uint_lt(gauge.peak, MEGABYTE);
  ck_assert_uint_eq(gauge.now, 0);
}
END_TEST

START_TEST(g14_a_large_result_streams)
{
  measure(-1);
  drive_ok(
      bundle_native("0000_a", "select repeat('x', 1000) from generate_series(1, 20000);\n", NULL));
  ck_assert_uint_lt(gauge.peak, MEGABYTE);
}
END_TEST

START_TEST(g14_a_no_op_with_many_migrations_takes_next_to_nothing)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 100);
  drive_given(made);
  measure(-1);
  drive_ok(made);
  ck_assert_uint_lt(gauge.peak, 20000);
  ck_assert_uint_eq(gauge.now, 0);
}
END_TEST

START_TEST(g14_a_status_takes_memory_in_proportion_to_the_ledger)
{
  enum { ROWS = 10000 };
  const embark_entry *entries = NULL;
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  made->migrations[0].outline = "0123456789abcdef0123456789abcdef";
  drive_given(made);
  db_exec(db_watch,
          "INSERT INTO embark.migrations SELECT component, '0000_some_table_' || i, i, hash, chain,"
          " outline, when_ms, state, applied_at, applied_by, duration FROM embark.migrations,"
          " generate_series(1, %d) AS i",
          ROWS);
  measure(-1);
  embark_run *run = drive_start(EMBARK_STATUS, made);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  ck_assert_uint_eq(embark_run_entries(run, &entries), ROWS + 1);
  ck_assert_str_eq(entries[ROWS].tag, "0000_some_table_10000");
  ck_assert_str_eq(entries[ROWS].outline, made->migrations[0].outline);
  embark_run_free(run);
  ck_assert_uint_lt(gauge.peak, ROWS * 400);
  ck_assert_uint_eq(gauge.now, 0);
}
END_TEST

START_TEST(nothing_is_left_after_a_failure)
{
  measure(-1);
  drive_expect(bundle_native("0000_a", "set work_mem = '3MB';\nselect 1/0;\n", NULL), EMBARK_E_SQL);
  ck_assert_uint_eq(gauge.now, 0);
}
END_TEST

/* --- none ------------------------------------------------------------------------------------- */

static made_bundle *five(void)
{
  return bundle_native("0000_a", "create table a (id int);\n", "0001_b",
                       "set search_path = public;\ncreate table b ();\n", "0002_c",
                       "copy a from stdin;\n1\n\\.\n", "0003_d",
                       "select pg_catalog.set_config('search_path', '', false);\n", "0004_e",
                       "create table e ();\n", NULL);
}

/* The next number of allocations that succeed: all of them in turn where a sanitizer sees what
 * becomes of each block, else fewer. */
static long next(long n)
{
  return n + (is_sanitized() ? 1 : long_or_short(1, 3));
}

/* Migrate with `allowed` allocations. Nothing is left, and the session is as it was `before`. */
static int drive_with(long allowed, const made_bundle *made, const char *before)
{
  measure(allowed);
  int code = drive_unasked(db_conn, &made->bundle);
  ck_assert_msg(gauge.now == 0, "%zu bytes left after %ld allocations", gauge.now, allowed);
  ck_assert_int_eq(PQtransactionStatus(db_conn), PQTRANS_IDLE);
  db_expect_session(db_conn, before);
  return code;
}

/* And then with as many as it likes. */
static void drive_again(const made_bundle *made, embark_code code, long n)
{
  measure(-1);
  int got = drive_unasked(db_conn, &made->bundle);
  ck_assert_msg(got == (int)code, "%s after %ld allocations: %s\n%s", embark_code_name(got), n,
                drive_error.message, drive_error.detail);
}

/* Let the first `n` allocations succeed, for every n until that is enough. Each failing run leaves
 * nothing behind, and the session as it was; the next run completes what it began. */
static void fail_every_allocation(made_bundle *made, embark_code in_the_end, void (*undo)(void))
{
  const char *before = db_session(db_conn);
  for (long n = 0;; n = next(n)) {
    int code = drive_with(n, made, before);
    if (code != EMBARK_E_MEMORY) {
      ck_assert_msg(code == (int)in_the_end, "%s after %ld allocations: %s\n%s",
                    embark_code_name(code), n, drive_error.message, drive_error.detail);
      ck_assert_int_gt(n, 0);
      return;
    }
    if (undo != NULL) {
      drive_again(made, in_the_end, n);
      undo();
    }
  }
}

static void undo_five(void)
{
  db_expect_tables("a b e");
  db_expect_rows("1", "SELECT count(*) FROM public.a");
  db_exec(db_watch, "DROP TABLE a, b, e; DROP SCHEMA embark CASCADE");
}

START_TEST(g13_any_allocation_may_fail_when_migrations_are_applied)
{
  fail_every_allocation(five(), EMBARK_OK, undo_five);
}
END_TEST

static void undo_drizzle(void)
{
  db_exec(db_watch, "DROP TABLE t0000, t0001; DROP SCHEMA drizzle CASCADE");
}

START_TEST(g13_any_allocation_may_fail_with_a_drizzle_ledger)
{
  fail_every_allocation(bundle_tables(EMBARK_LEDGER_DRIZZLE, 2), EMBARK_OK, undo_drizzle);
}
END_TEST

START_TEST(g13_any_allocation_may_fail_when_nothing_is_to_be_done)
{
  drive_given(five());
  fail_every_allocation(five(), EMBARK_OK, NULL);
}
END_TEST

START_TEST(g13_any_allocation_may_fail_when_there_is_drift)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 12);
  drive_given(made);
  fail_every_allocation(bundle_without(made, 3), EMBARK_E_MISSING, NULL);
}
END_TEST

START_TEST(g13_any_allocation_may_fail_when_a_migration_fails)
{
  fail_every_allocation(
      bundle_native("0000_a", "set search_path = public;\nselect no_such();\n", NULL), EMBARK_E_SQL,
      NULL);
}
END_TEST

START_TEST(g13_any_allocation_may_fail_when_some_migrations_are_pending)
{
  made_bundle *made = five();
  const char *before = db_session(db_conn);
  for (long n = 0, code = EMBARK_E_MEMORY; code != EMBARK_OK; n = next(n)) {
    drive_given(bundle_head(made, 3));
    code = drive_with(n, made, before);
    ck_assert_msg(code == EMBARK_OK || code == EMBARK_E_MEMORY, "%s", drive_error.message);
    drive_again(made, EMBARK_OK, n);
    undo_five();
  }
}
END_TEST

/* Somebody holds the table until the run has noticed. */
static int let_go(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_RETRY && PQtransactionStatus(db_watch) != PQTRANS_IDLE) {
    db_exec(db_watch, "COMMIT");
  }
  return 0;
}

START_TEST(g13_any_allocation_may_fail_when_a_migration_is_tried_again)
{
  made_bundle *made = bundle_native("0000_a", "create table a (id int);\n", "0001_b",
                                    "insert into a values (1);\nalter table a add x int;\n", NULL);
  drive_options.lock_timeout_ms = 1;
  drive_options.on_event = record_event;
  record_react = let_go;
  const char *before = db_session(db_conn);
  for (long n = 0, code = EMBARK_E_MEMORY; code != EMBARK_OK; n = next(n)) {
    drive_given(bundle_head(made, 1));
    db_exec(db_watch, "BEGIN; LOCK TABLE a IN SHARE MODE");
    code = drive_with(n, made, before);
    ck_assert_msg(code == EMBARK_OK || code == EMBARK_E_MEMORY, "%s", drive_error.message);
    ck_assert(code != EMBARK_OK || record_count(EMBARK_EVENT_RETRY) > 0);
    if (PQtransactionStatus(db_watch) != PQTRANS_IDLE) {
      db_exec(db_watch, "COMMIT");
    }
    drive_again(made, EMBARK_OK, n);
    db_expect_rows("1", "SELECT count(*) FROM a");
    db_exec(db_watch, "DROP TABLE a; DROP SCHEMA embark CASCADE");
  }
}
END_TEST

/* --- without a transaction -------------------------------------------------------------------- */

static made_bundle *outside(embark_ledger kind)
{
  return bundle_make(kind, "0000_a", "create table a (id int);\n", "0001_n",
                     "-- embark: no-transaction\nset work_mem = '3MB';\n"
                     "create index concurrently i on a (id);\nvacuum a;\n"
                     "begin;\ninsert into a values (1);\ncommit;\n",
                     "0002_b", "create table b ();\n", NULL);
}

static void undo_outside(void)
{
  db_expect_tables("a b");
  db_expect_rows("1|t", "SELECT (SELECT count(*) FROM a), indisvalid FROM pg_index"
                        " WHERE indexrelid = 'i'::regclass");
  db_exec(db_watch, "DROP TABLE a, b; DROP SCHEMA embark CASCADE;"
                    "DROP SCHEMA IF EXISTS drizzle CASCADE");
}

START_TEST(g13_any_allocation_may_fail_without_a_transaction)
{
  fail_every_allocation(outside(EMBARK_LEDGER_NATIVE), EMBARK_OK, undo_outside);
}
END_TEST

START_TEST(g13_any_allocation_may_fail_without_a_transaction_and_with_a_drizzle_ledger)
{
  fail_every_allocation(outside(EMBARK_LEDGER_DRIZZLE), EMBARK_OK, undo_outside);
}
END_TEST

/* Where memory runs out behind the failure the index may be left, and the next run drops it. */
START_TEST(g13_any_allocation_may_fail_when_a_statement_without_a_transaction_does)
{
  static const char first[] = "create table a (id int);\ninsert into a values (1), (1);\n";
  made_bundle *made = bundle_native(
      "0000_a", first, "0001_n",
      "-- embark: no-transaction\ncreate unique index concurrently i on a (id);\n", NULL);
  drive_given(bundle_head(made, 1));
  fail_every_allocation(made, EMBARK_E_SQL, NULL);
  measure(-1);
  drive_expect(made, EMBARK_E_SQL);
  db_expect_rows("0", "SELECT count(*) FROM pg_index WHERE indrelid = 'a'::regclass");
}
END_TEST

/* Plan, verify, and say what became of a statement, for every n. */
static void fail_every_allocation_of(embark_op op, const made_bundle *made, embark_code in_the_end)
{
  int code = EMBARK_E_MEMORY;
  for (long n = 1; code == EMBARK_E_MEMORY; n = next(n)) { /* for 0 there is no run */
    measure(n);
    code = drive_op(op, made);
    ck_assert_uint_eq(gauge.now, 0);
  }
  ck_assert_int_eq(code, in_the_end);
}

START_TEST(g13_any_allocation_may_fail_when_one_without_a_transaction_is_looked_at)
{
  made_bundle *made = outside(EMBARK_LEDGER_NATIVE);
  fail_every_allocation_of(EMBARK_PLAN, made, EMBARK_OK);
  drive_given(made);
  db_exec(db_watch,
          "DELETE FROM embark.migrations WHERE position > 0;"
          "UPDATE embark.progress SET state = 'running', statement = 2, done = left(done, 32)");
  fail_every_allocation_of(EMBARK_VERIFY, made, EMBARK_E_PENDING);
  fail_every_allocation_of(EMBARK_STATUS, bundle_without(made, 0), EMBARK_OK);
  fail_every_allocation_of(EMBARK_RESUME_DONE, made, EMBARK_OK);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "memory", g14_a_migration_of_100_mb_in_statements_streams, g14_a_copy_of_100_mb_streams,
      g14_a_large_result_streams, g14_a_no_op_with_many_migrations_takes_next_to_nothing,
      g14_a_status_takes_memory_in_proportion_to_the_ledger, nothing_is_left_after_a_failure,
      g13_any_allocation_may_fail_when_migrations_are_applied,
      g13_any_allocation_may_fail_with_a_drizzle_ledger,
      g13_any_allocation_may_fail_when_nothing_is_to_be_done,
      g13_any_allocation_may_fail_when_there_is_drift,
      g13_any_allocation_may_fail_when_a_migration_fails,
      g13_any_allocation_may_fail_when_some_migrations_are_pending,
      g13_any_allocation_may_fail_when_a_migration_is_tried_again,
      g13_any_allocation_may_fail_without_a_transaction,
      g13_any_allocation_may_fail_without_a_transaction_and_with_a_drizzle_ledger,
      g13_any_allocation_may_fail_when_a_statement_without_a_transaction_does,
      g13_any_allocation_may_fail_when_one_without_a_transaction_is_looked_at, NULL);
}
