/* A run's progress as server-sent events: what is told, when, and to whom. */
#include <string.h>

#include "ask.h"
#include "keep.h"
#include "suite.h"

static made_bundle *two(void)
{
  return bundle_native("0000_a", "create table a ();\n", "0001_b",
                       "create table b ();\ndo $$ begin raise notice 'hello'; end $$;\n", NULL);
}

static const char *stream_of(const made_bundle *made, const char *form, size_t size)
{
  embark_admin_response r;
  ask_begin(made, form, 1, &r);
  return ask_read(&r, size);
}

#define PLANNED(steps) "planned {\"hazards\":[],\"steps\":" steps "}\n"
#define STARTED(tag, step, steps, statements)                                                      \
  "started {\"file\":\"" tag ".sql\",\"hazards\":[],\"statements\":" statements ",\"step\":" step  \
  ",\"steps\":" steps ",\"tag\":\"" tag "\"}\n"
#define APPLIED(tag, step, steps)                                                                  \
  "applied {\"step\":" step ",\"steps\":" steps ",\"tag\":\"" tag "\"}\n"

/* A stream without the statements, which are told as time allows. */
static const char *without_statements(const char *outline)
{
  char *out = keep_zeros(strlen(outline) + 2);
  for (const char *at = outline; *at != '\0';) {
    size_t size = strcspn(at, "\n") + 1;
    if (strncmp(at, "statement ", 10) != 0) {
      strncat(out, at, size);
    }
    at += size - (at[size - 1] == '\0');
  }
  return out;
}

static void expect_outline(const char *stream, const char *outline)
{
  ck_assert_str_eq(without_statements(ask_outline(stream)), outline);
}

START_TEST(a_stream_tells_of_each_migration_and_then_the_result)
{
  const char *stream = stream_of(two(), "", 65536);
  expect_outline(
      stream,
      PLANNED("2") STARTED("0000_a", "1", "2", "1") APPLIED("0000_a", "1", "2")
          STARTED("0001_b", "2", "2",
                  "2") "notice {\"message\":\"hello\",\"severity\":\"NOTICE\",\"sqlstate\""
                       ":\"00000\",\"tag\":\"0001_b\"}\n" APPLIED("0001_b", "2", "2") "result 0");
  json_t *result = ask_result(stream);
  ck_assert_str_eq(ask_each(result, "applied", "tag"), "0000_a 0001_b");
  ask_expect_value(result, "total", "2");
  ask_expect_value(result, "database.name", db_name());
  db_expect_tables("a b");
  ask_expect_released();
}
END_TEST

START_TEST(the_first_statement_is_told_and_later_ones_not_all)
{
  const char *sql = "create table a ();\n";
  for (int i = 0; i < 500; i++) {
    sql = keep_printf("%sselect %d;\n", sql, i);
  }
  const char *outline = ask_outline(stream_of(bundle_native("0000_a", sql, NULL), "", 65536));
  ck_assert_ptr_nonnull(strstr(outline,
                               "\nstatement {\"statement\":1,\"statements\":501,\"step\":1,"
                               "\"steps\":1,\"tag\":\"0000_a\"}\n"));
  ck_assert_uint_lt(strlen(outline), strlen(without_statements(outline)) + 501 * 70);
}
END_TEST

START_TEST(pieces_of_any_size_make_the_same_stream)
{
  static const size_t sizes[] = {1, 2, 7, 100, 65536};
  const char *before = NULL;
  made_bundle *made = bundle_native("0000_a", "create table a ();\n", NULL);
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    const char *outline = ask_outline(stream_of(made, "", sizes[i]));
    ck_assert(before == NULL || strcmp(outline, before) == 0);
    before = outline;
    db_exec(db_watch, "DROP SCHEMA embark CASCADE; DROP TABLE a");
  }
}
END_TEST

START_TEST(a_failing_migration_is_the_result_of_a_stream)
{
  const char *stream = stream_of(
      bundle_native("0000_a", "create table a ();\n", "0001_b", "select nothing;\n", NULL), "",
      65536);
  expect_outline(stream, PLANNED("2") STARTED("0000_a", "1", "2", "1") APPLIED("0000_a", "1", "2")
                             STARTED("0001_b", "2", "2", "1") "result 1");
  json_t *result = ask_result(stream);
  ask_expect_value(result, "error.code", "EMBARK_E_SQL");
  ask_expect_value(result, "error.line", "1");
  ck_assert_str_eq(ask_each(result, "applied", "tag"), "0000_a");
}
END_TEST

START_TEST(what_is_refused_is_the_result_of_a_stream)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a ();\n", "0001_b", "drop table a;\n", NULL);
  made->statements[1].hazards = EMBARK_HAZARD_DESTRUCTIVE;
  drive_given(bundle_head(made, 1));
  const char *stream = stream_of(made, "", 65536);
  expect_outline(stream, "result 7");
  json_t *result = ask_result(stream);
  ck_assert_str_eq(ask_each(result, "steps", "tag"), "0001_b");
  ask_expect_value(result, "error.code", "EMBARK_E_FORBIDDEN");
  stream = stream_of(made, "approve=0001_b", 65536);
  ck_assert_ptr_nonnull(strstr(stream, "event: planned\ndata: {\"steps\":1,\"hazards\":"
                                       "[\"destructive\"],"));
  ck_assert_ptr_nonnull(strstr(ask_outline(stream), "\nresult 0"));
}
END_TEST

START_TEST(with_nothing_to_do_there_is_the_result_alone)
{
  made_bundle *made = two();
  drive_given(made);
  expect_outline(stream_of(made, "", 65536), "result 0");
}
END_TEST

START_TEST(a_run_that_cannot_begin_is_the_result_of_a_stream)
{
  ask_conn = db_conn;
  db_exec(db_conn, "BEGIN");
  const char *stream = stream_of(two(), "", 65536);
  expect_outline(stream, "result 1");
  ask_expect_value(ask_result(stream), "error.code", "EMBARK_E_IN_TRANSACTION");
  db_exec(db_conn, "COMMIT");
}
END_TEST

START_TEST(without_a_connection_there_is_no_stream)
{
  embark_admin_response r;
  ask_conninfo = "host=/nonexistent";
  ask_begin(two(), "", 1, &r);
  ck_assert_int_eq(r.is_stream, 0);
  ck_assert_int_eq(r.status, 503);
  embark_admin_response_free(&r);
  ask_expect_released();
}
END_TEST

START_TEST(a_host_that_cannot_stream_gets_the_result_alone)
{
  embark_admin_response r;
  ask_begin(two(), "", 0, &r);
  ck_assert_int_eq(r.is_stream, 0);
  ck_assert_int_eq(r.status, 200);
  embark_admin_response_free(&r);
  db_expect_tables("a b");
}
END_TEST

START_TEST(a_dry_run_is_no_stream)
{
  embark_admin_response r;
  ask_begin(two(), "dry-run", 1, &r);
  ck_assert_int_eq(r.is_stream, 0);
  ck_assert_int_eq(r.status, 200);
  embark_admin_response_free(&r);
  db_expect_tables("");
}
END_TEST

/* --- waiting ---------------------------------------------------------------------------------- */

#define LOCK 4711

static PGconn *hold_lock(void)
{
  PGconn *holder = db_connect("");
  drive_options.has_lock_key = 1;
  drive_options.lock_key = LOCK;
  drive_options.lock_wait_ms = EMBARK_WAIT_FOREVER;
  db_exec(holder, "BEGIN; SELECT pg_advisory_xact_lock(%d)", LOCK);
  return holder;
}

START_TEST(g5_a_wait_for_somebody_else_is_told_with_who_it_is)
{
  embark_admin_response r;
  PGconn *holder = hold_lock();
  ask_begin(two(), "", 1, &r);
  const char *begun = ask_read_until(&r, "event: lock_wait");
  ck_assert_ptr_nonnull(strstr(begun, keep_printf("{\"holder_pid\":%d,", PQbackendPID(holder))));
  db_exec(holder, "COMMIT");
  const char *rest = ask_read(&r, 65536);
  ck_assert_ptr_nonnull(strstr(ask_outline(rest), "result 0"));
  db_expect_tables("a b");
}
END_TEST

START_TEST(a_read_that_may_not_wait_does_not)
{
  embark_admin_response r;
  char buffer[256];
  size_t got = 1;
  PGconn *holder = hold_lock();
  ask_begin(two(), "", 1, &r);
  ask_read_until(&r, "event: lock_wait");
  while (got > 0) { /* whatever else was told by then */
    ck_assert_int_eq(embark_admin_read(&r, buffer, sizeof buffer, 0, &got), 1);
  }
  ck_assert_int_eq(embark_admin_read(&r, buffer, 0, 1000, &got), 1);
  ck_assert_uint_eq(got, 0);
  db_exec(holder, "COMMIT");
  ck_assert_ptr_nonnull(strstr(ask_read(&r, 65536), "event: result"));
}
END_TEST

/* Reads that never wait come to the end, too: for a host's event loop. */
START_TEST(a_stream_that_is_only_polled_ends)
{
  embark_admin_response r;
  char buffer[4096];
  size_t got, all = 0;
  ask_begin(two(), "", 1, &r);
  while (embark_admin_read(&r, buffer, sizeof buffer, 0, &got) == 1) {
    all += got;
  }
  ck_assert_uint_gt(all + got, 0);
  embark_admin_response_free(&r);
  db_expect_tables("a b");
}
END_TEST

/* Begin to stream a run whose statements are `sql`; those about the table "held" wait for it, for
 * as long as it takes. Returns who holds it, until COMMIT. */
static PGconn *begin_with_held_table(const char *sql, embark_admin_response *r)
{
  PGconn *holder = db_connect("");
  drive_given(bundle_native("0000_a", "create table held (x int);\n", NULL));
  db_exec(holder, "BEGIN; LOCK TABLE held");
  drive_options.lock_timeout_ms = EMBARK_NO_TIMEOUT;
  ask_begin(bundle_native("0000_a", "create table held (x int);\n", "0001_b", sql, NULL), "", 1, r);
  return holder;
}

START_TEST(a_silent_run_is_heard_of_and_so_is_what_comes_then)
{
  embark_admin_response r;
  PGconn *holder = begin_with_held_table("select count(*) from held;\n", &r);
  ask_read_until(&r, "event: started");
  ask_read_until(&r, ":\n\n");
  db_exec(holder, "COMMIT");
  ck_assert_ptr_nonnull(strstr(ask_outline(ask_read(&r, 65536)), "result 0"));
}
END_TEST

/* The second came too soon to be told at once, and the third takes long: nobody is left to think
 * that the second does. */
START_TEST(the_statement_before_one_that_takes_long_is_told)
{
  embark_admin_response r;
  PGconn *holder = begin_with_held_table("select 1;\nselect 2;\nselect count(*) from held;\n", &r);
  ask_read_until(&r, "\"statement\":2,\"statements\":3,");
  db_exec(holder, "COMMIT");
  ck_assert_ptr_nonnull(strstr(ask_outline(ask_read(&r, 65536)), "result 0"));
}
END_TEST

Suite *test_suite(void)
{
  return ask_suite(
      "admin_stream", a_stream_tells_of_each_migration_and_then_the_result,
      the_first_statement_is_told_and_later_ones_not_all, pieces_of_any_size_make_the_same_stream,
      a_failing_migration_is_the_result_of_a_stream, what_is_refused_is_the_result_of_a_stream,
      with_nothing_to_do_there_is_the_result_alone,
      a_run_that_cannot_begin_is_the_result_of_a_stream, without_a_connection_there_is_no_stream,
      a_host_that_cannot_stream_gets_the_result_alone, a_dry_run_is_no_stream,
      g5_a_wait_for_somebody_else_is_told_with_who_it_is, a_read_that_may_not_wait_does_not,
      a_stream_that_is_only_polled_ends, a_silent_run_is_heard_of_and_so_is_what_comes_then,
      the_statement_before_one_that_takes_long_is_told, NULL);
}
