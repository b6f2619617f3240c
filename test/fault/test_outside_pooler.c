/* G8, G9: migrations without a transaction behind PgBouncer. They need two server connections and
 * say so before anything runs; where there are more, whichever they are given, the next user of any
 * finds it as new. */
#include <string.h>

#include "bouncer.h"
#include "drive.h"
#include "keep.h"
#include "long_tests.h"
#include "mixture.h"
#include "suite.h"

#define MANY 20 /* server connections */

static const embark_ledger kinds[] = {EMBARK_LEDGER_NATIVE, EMBARK_LEDGER_DRIZZLE};

static PGconn *through;

static void connect_through(const char *more)
{
  through = db_connect(keep_printf("%s %s", bouncer_address(), more));
}

static void expect(const made_bundle *made, embark_code code)
{
  char text[2048];
  int got = drive_unasked(through, &made->bundle);
  embark_error_format(&drive_error, text, sizeof text);
  ck_assert_msg(got == (int)code, "%s: %s", embark_code_name(got), text);
}

/* --- a pool of one ---------------------------------------------------------------------------- */

static void expect_too_few(const char *mode, const char *more)
{
  bouncer_start(mode, 1, "");
  connect_through(more);
  expect(mixture_bundle(EMBARK_LEDGER_NATIVE), EMBARK_E_KEEPER);
  drive_expect_error(
      "there is no second connection to be had, which a migration without a transaction needs",
      "While a second transaction is open, the first connection gets no answer: they seem to share "
      "one connection of a pooler.",
      "Nothing of it was run. It holds the migration lock while the statements run: leave room for "
      "one more in max_connections, in the role's CONNECTION LIMIT, or in the pool; or set "
      "keeper_conninfo to lead past the pooler.");
  db_expect_tables("");
  db_expect_rows("0", "SELECT count(*) FROM pg_namespace WHERE nspname = 'embark'");
  ck_assert_int_eq(PQtransactionStatus(through), PQTRANS_IDLE);
  ck_assert_str_eq(db_value(through, "SELECT 'there'"), "there");
}

START_TEST(g8_nothing_runs_behind_one_shared_server_connection)
{
  expect_too_few("transaction", "connect_timeout=5");
  bouncer_expect_clean(1);
}
END_TEST

/* The limit where the connection has none of its own takes its time. */
START_TEST(g8_nothing_runs_behind_one_shared_server_connection_without_a_connect_timeout)
{
  expect_too_few("transaction", "connect_timeout=0");
  bouncer_expect_clean(1);
}
END_TEST

START_TEST(g8_a_second_connection_past_the_pooler_is_enough)
{
  const made_bundle *made = mixture_bundle(EMBARK_LEDGER_NATIVE);
  bouncer_start("transaction", 1, "");
  connect_through("connect_timeout=30");
  drive_options.keeper_conninfo = keep_printf("dbname=%s user=%s", db_name(), db_user());
  expect(made, EMBARK_OK);
  mixture_expect_effects(made);
  bouncer_expect_clean(1);
}
END_TEST

/* --- a pool of many --------------------------------------------------------------------------- */

/* It asks for settings that no session has by itself. */
static const made_bundle *demanding(embark_ledger kind)
{
  made_bundle *made = mixture_bundle(kind);
  made->migrations[1].lock_timeout_ms = 7000;
  made->migrations[1].statement_timeout_ms = 77000;
  return made;
}

START_TEST(g8_g9_a_run_behind_shared_server_connections_leaves_no_trace_in_them)
{
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    const made_bundle *made = demanding(kinds[i]);
    mixture_empty();
    bouncer_start("transaction", MANY, "server_round_robin = 1");
    bouncer_expect_clean(MANY); /* now there are so many, and each transaction gets another */
    connect_through("");
    expect(made, EMBARK_OK);
    mixture_expect_effects(made);
    bouncer_expect_clean(MANY);
  }
}
END_TEST

START_TEST(g8_g9_a_run_behind_session_pooling_leaves_the_session_as_it_was)
{
  const made_bundle *made = demanding(EMBARK_LEDGER_NATIVE);
  bouncer_start("session", MANY, "");
  connect_through("");
  db_exec(through, "SET work_mem = '123kB'; SET lock_timeout = '7s'");
  const char *before = db_session(through);
  expect(made, EMBARK_OK);
  db_expect_session(through, before);
  mixture_expect_effects(made);
  PQreset(through); /* gives its server connection back */
  bouncer_expect_clean(MANY - 1);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = drive_suite("outside_pooler", g8_nothing_runs_behind_one_shared_server_connection,
                             g8_a_second_connection_past_the_pooler_is_enough,
                             g8_g9_a_run_behind_shared_server_connections_leaves_no_trace_in_them,
                             g8_g9_a_run_behind_session_pooling_leaves_the_session_as_it_was, NULL);
  if (long_or_short(1, 0)) {
    drive_add_single(
        suite, g8_nothing_runs_behind_one_shared_server_connection_without_a_connect_timeout, NULL);
  }
  return suite;
}
