/* G11: the server or the network goes away while many statements are queued. The call comes back,
 * and the next run applies what is left, each migration once. */
#include <sys/socket.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

#define MANY 400

/* Each migration leaves a row in `effect`, and is long enough for the queue to back up; the one at
 * `odd`, if any, has the server end its session, once. */
static made_bundle *many(unsigned odd)
{
  const char **tags = keep_zeros(MANY * sizeof *tags);
  const char **texts = keep_zeros(MANY * sizeof *texts);
  for (unsigned i = 0; i < MANY; i++) {
    tags[i] = keep_printf("%04u_m", i);
    texts[i] = keep_printf("%sinsert into effect values (%u, '%04000u');\n%s",
                           i == 0 ? "create table effect (id int, x text);\n" : "", i, i,
                           i == odd ? "do $$ begin if nextval('strikes') = 1 then"
                                      " perform pg_terminate_backend(pg_backend_pid());"
                                      " end if; end $$;\n"
                                    : "");
  }
  return bundle_make_array(EMBARK_LEDGER_NATIVE, MANY, tags, texts, NULL);
}

static void given_strikes(void)
{
  db_exec(db_watch, "CREATE SEQUENCE strikes");
}

static void expect_lost(const made_bundle *made)
{
  drive_expect(made, EMBARK_E_CONNECTION);
  drive_expect_error("the connection to the database is lost", NULL, NULL);
  ck_assert_str_ne(drive_error.detail, "");
  ck_assert_int_eq(PQisnonblocking(db_conn), 0);
}

static void completes(const made_bundle *made)
{
  record_react = NULL;
  db_reconnect("");
  drive_ok(made);
  db_expect_rows(keep_printf("%d|%d|%d", MANY, MANY, MANY),
                 "SELECT count(*), count(DISTINCT id),"
                 " (SELECT count(*) FROM embark.migrations) FROM effect");
}

/* What the hook does at its `strike_at`-th APPLIED. */
static unsigned strike_at;

static int strikes(const embark_event *event)
{
  return event->type == EMBARK_EVENT_APPLIED && record_count(EMBARK_EVENT_APPLIED) == strike_at;
}

static int end_session(const embark_event *event)
{
  if (strikes(event)) {
    db_exec(db_watch, "SELECT pg_terminate_backend(%d)", PQbackendPID(db_conn));
  }
  return 0;
}

static int cut_wire(const embark_event *event)
{
  if (strikes(event)) {
    ck_assert_int_eq(shutdown(PQsocket(db_conn), SHUT_RDWR), 0);
  }
  return 0;
}

static void strike(unsigned at, int (*how)(const embark_event *event))
{
  made_bundle *made = many(MANY);
  drive_options.on_event = record_event;
  record_react = how;
  strike_at = at;
  expect_lost(made);
  ck_assert_uint_ge(record_count(EMBARK_EVENT_APPLIED), at);
  completes(made);
}

START_TEST(g11_a_server_that_ends_the_session_at_the_first_migration_is_no_hang)
{
  strike(1, end_session);
}
END_TEST

START_TEST(g11_a_server_that_ends_the_session_early_is_no_hang)
{
  strike(40, end_session);
}
END_TEST

START_TEST(g11_a_server_that_ends_the_session_half_way_is_no_hang)
{
  strike(180, end_session);
}
END_TEST

START_TEST(g11_a_server_that_ends_the_session_just_before_the_end_is_no_hang)
{
  strike(MANY - 1, end_session);
}
END_TEST

START_TEST(g11_a_network_that_goes_away_half_way_is_no_hang)
{
  strike(180, cut_wire);
}
END_TEST

/* Without a hook nobody asks the server for single answers, and more is on the way. */
static void end_at(unsigned odd)
{
  made_bundle *made = many(odd);
  given_strikes();
  drive_options.on_event = NULL;
  expect_lost(made);
  db_expect_rows(odd == 0 ? "f" : "t", "SELECT to_regclass('effect') IS NOT NULL");
  completes(made);
}

START_TEST(g11_a_session_that_ends_in_the_first_migration_is_no_hang)
{
  end_at(0);
}
END_TEST

START_TEST(g11_a_session_that_ends_in_a_migration_is_no_hang)
{
  end_at(3);
}
END_TEST

START_TEST(g11_a_session_that_ends_in_a_late_migration_is_no_hang)
{
  end_at(320);
}
END_TEST

START_TEST(g11_a_session_that_ends_in_the_last_migration_is_no_hang)
{
  end_at(MANY - 1);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("loss", g11_a_server_that_ends_the_session_at_the_first_migration_is_no_hang,
                     g11_a_server_that_ends_the_session_early_is_no_hang,
                     g11_a_server_that_ends_the_session_half_way_is_no_hang,
                     g11_a_server_that_ends_the_session_just_before_the_end_is_no_hang,
                     g11_a_network_that_goes_away_half_way_is_no_hang,
                     g11_a_session_that_ends_in_the_first_migration_is_no_hang,
                     g11_a_session_that_ends_in_a_migration_is_no_hang,
                     g11_a_session_that_ends_in_a_late_migration_is_no_hang,
                     g11_a_session_that_ends_in_the_last_migration_is_no_hang, NULL);
}
