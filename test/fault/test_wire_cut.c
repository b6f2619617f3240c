/* G11: the wire is cut after any byte of the dialogue, in either direction, with a noise or
 * without. The call comes back, says nothing that is not so, and the next run completes. */
#include <stdio.h>

#include "aftermath.h"
#include "drive.h"
#include "keep.h"
#include "proxy.h"
#include "record.h"
#include "suite.h"

/* How long the server may be silent in these tests; far below the library's own limit. */
#define PATIENCE_MS 250

/* Of the cuts, `make check` makes those at the end of every so many messages, and behind every so
 * many bytes; the long campaign those behind every so many bytes. The numbers of bytes are primes,
 * so that the cuts fall into every part of a message. */
typedef struct campaign {
  const made_bundle *made;
  unsigned given; /* migrations that are applied already */
  proxy_fault fault;
  int tcp;
  size_t every_messages, every_bytes, long_bytes;
} campaign;

/* --- one cut ---------------------------------------------------------------------------------- */

static void prepare(const campaign *c, proxy_way way, size_t after)
{
  proxy_drop();
  aftermath_given(c->given);
  db_reconnect(proxy_address(c->tcp));
  record_reset();
  drive_options.answer_timeout_ms = c->fault == PROXY_SILENCE ? PATIENCE_MS : 0;
  proxy_arm(way, after, c->fault);
}

/* Drop the run where it hears no more, as the watchdog of an event loop would. */
static int drive_until_silent(const campaign *c)
{
  embark_run *run = drive_start(EMBARK_MIGRATE, c->made);
  embark_poll wants = EMBARK_POLL_READ;
  while (wants != EMBARK_POLL_DONE && wants != EMBARK_POLL_FAILED && !proxy_has_struck()) {
    wants = drive_step(run);
  }
  int code = wants == EMBARK_POLL_DONE ? EMBARK_OK : EMBARK_E_CONNECTION;
  embark_run_free(run);
  return code;
}

static int is_dropped(const campaign *c)
{
  return c->fault == PROXY_SILENCE && drive_through == DRIVE_POLLABLE;
}

/* Returns 0 when the dialogue was over before. */
static int cut(const campaign *c, proxy_way way, size_t after)
{
  prepare(c, way, after);
  int code = is_dropped(c) ? drive_until_silent(c) : drive_unasked(db_conn, &c->made->bundle);
  int struck = proxy_has_struck();
  ck_assert_msg(code == EMBARK_OK || code == EMBARK_E_CONNECTION, "%s after %zu bytes: %s\n%s",
                embark_code_name(code), after, drive_error.message, drive_error.detail);
  ck_assert_msg(struck || code == EMBARK_OK || c->fault == PROXY_SILENCE,
                "lost before it was cut: %s", drive_error.detail);
  ck_assert(code == EMBARK_OK || PQstatus(db_conn) == CONNECTION_BAD);
  proxy_drop();
  unsigned said = c->given + record_count(EMBARK_EVENT_APPLIED);
  aftermath_expect_whole(code == EMBARK_OK ? c->made->bundle.migration_count : said);
  aftermath_expect_completed();
  return struck;
}

/* --- everywhere ------------------------------------------------------------------------------- */

static unsigned long cuts;

static void cut_at_messages(const campaign *c, proxy_way way, const size_t *ends, size_t count)
{
  for (size_t i = 0; i < count; i += c->every_messages) {
    cuts += (unsigned)cut(c, way, ends[i]);
  }
}

/* Where an undisturbed dialogue's messages end; the last is the end of it all. */
static const size_t *measure(const campaign *c, proxy_way way, size_t *count)
{
  size_t *ends = keep_zeros(10000 * sizeof *ends);
  prepare(c, way, (size_t)-1);
  if (c->fault == PROXY_SILENCE) {
    drive_options.answer_timeout_ms = 100 * PATIENCE_MS; /* here nothing may be lost */
  }
  ck_assert_int_eq(drive_unasked(db_conn, &c->made->bundle), EMBARK_OK);
  for (*count = 0; proxy_boundary(way, *count) != 0; (*count)++) {
    ends[*count] = proxy_boundary(way, *count);
  }
  ck_assert_uint_gt(*count, 0);
  ck_assert_uint_eq(ends[*count - 1], proxy_passed(way));
  return ends;
}

/* The whole campaign over a bundle: for every cut the run after it completes. */
static void cut_everywhere(const campaign *c)
{
  proxy_start();
  aftermath_learn(c->made);
  for (int way = PROXY_REQUESTS; way <= PROXY_ANSWERS; way++) {
    size_t count, stride = aftermath_is_long() ? c->long_bytes : c->every_bytes;
    const size_t *ends = measure(c, (proxy_way)way, &count);
    size_t total = ends[count - 1];
    cuts = 0;
    if (!aftermath_is_long()) {
      cut_at_messages(c, (proxy_way)way, ends, count);
    }
    for (size_t after = 1; after <= total; after += stride) {
      cuts += (unsigned)cut(c, (proxy_way)way, after);
    }
    ck_assert_uint_gt(cuts, 0);
    if (aftermath_is_long()) {
      printf("%s, fault %d, tcp %d, %s: %lu cuts in %zu bytes, %zu messages\n",
             c->given > 0 ? "up to date" : "empty", (int)c->fault, c->tcp,
             way == PROXY_REQUESTS ? "requests" : "answers", cuts, total, count);
    }
  }
  proxy_stop();
}

/* Rows that no key keeps unique show what ran twice. */
static const char *const tags[] = {"0000_a", "0001_b", "0002_c", "0003_d"};
static const char *const texts[] = {
    "create table effect (step text);\ncreate table a (id int primary key, x text);\n"
    "insert into effect values ('a');\n",
    "insert into effect values ('b');\ncopy a from stdin;\n1\tone\n2\ttwo\n\\.\n"
    "alter table a add column y int default 7;\n",
    "set search_path = pg_catalog;\nset work_mem = '5MB';\n"
    "insert into public.effect values ('c');\n",
    "create view v as select x from a;\ncreate index on a (x);\ninsert into effect values "
    "('d');\n"};

static made_bundle *four(embark_ledger kind)
{
  return bundle_make_array(kind, 4, tags, texts, NULL);
}

START_TEST(g11_a_connection_closed_after_any_byte_loses_nothing)
{
  cut_everywhere(&(campaign){four(EMBARK_LEDGER_NATIVE), 0, PROXY_CLOSE, 0, 17, 1999, 1});
}
END_TEST

START_TEST(g11_a_connection_reset_after_any_byte_loses_nothing)
{
  cut_everywhere(&(campaign){four(EMBARK_LEDGER_NATIVE), 0, PROXY_RESET, 1, 53, 4999, 3});
}
END_TEST

START_TEST(g11_a_connection_silent_after_any_byte_loses_nothing)
{
  cut_everywhere(&(campaign){four(EMBARK_LEDGER_NATIVE), 0, PROXY_SILENCE, 0, 150, 9973, 13});
}
END_TEST

START_TEST(g11_a_connection_reset_after_any_byte_loses_nothing_of_a_drizzle_ledger)
{
  cut_everywhere(&(campaign){four(EMBARK_LEDGER_DRIZZLE), 0, PROXY_RESET, 1, 71, 7919, 5});
}
END_TEST

START_TEST(g11_a_connection_silent_after_any_byte_loses_nothing_of_a_drizzle_ledger)
{
  cut_everywhere(&(campaign){four(EMBARK_LEDGER_DRIZZLE), 0, PROXY_SILENCE, 1, 200, 19997, 23});
}
END_TEST

START_TEST(g11_a_connection_reset_while_it_is_found_that_nothing_is_to_be_done_is_an_error)
{
  cut_everywhere(&(campaign){four(EMBARK_LEDGER_NATIVE), 4, PROXY_RESET, 1, 2, 97, 1});
}
END_TEST

START_TEST(g11_a_connection_silent_while_it_is_found_that_nothing_is_to_be_done_is_an_error)
{
  cut_everywhere(&(campaign){four(EMBARK_LEDGER_NATIVE), 4, PROXY_SILENCE, 0, 3, 397, 1});
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "wire_cut", g11_a_connection_closed_after_any_byte_loses_nothing,
      g11_a_connection_reset_after_any_byte_loses_nothing,
      g11_a_connection_silent_after_any_byte_loses_nothing,
      g11_a_connection_reset_after_any_byte_loses_nothing_of_a_drizzle_ledger,
      g11_a_connection_silent_after_any_byte_loses_nothing_of_a_drizzle_ledger,
      g11_a_connection_reset_while_it_is_found_that_nothing_is_to_be_done_is_an_error,
      g11_a_connection_silent_while_it_is_found_that_nothing_is_to_be_done_is_an_error, NULL);
}
