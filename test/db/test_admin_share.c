/* One run for all that ask at the same time: who joins hears everything, and who leaves ends
 * nothing. */
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"
#include "keep.h"
#include "suite.h"

#define LOCK 4711

static PGconn *holder; /* of the migrators' lock */

static made_bundle *two(void)
{
  return bundle_native("0000_a", "create table a ();\n", "0001_b", "create table b ();\n", NULL);
}

/* A run that waits for the lock, and has told so. */
static const char *begin_waiting(const made_bundle *made, embark_admin_response *r)
{
  holder = db_connect("");
  drive_options.has_lock_key = 1;
  drive_options.lock_key = LOCK;
  drive_options.lock_wait_ms = EMBARK_WAIT_FOREVER;
  db_exec(holder, "BEGIN; SELECT pg_advisory_xact_lock(%d)", LOCK);
  ask_begin(made, "", 1, r);
  return ask_read_until(r, "event: lock_wait");
}

static void let_go(void)
{
  db_exec(holder, "COMMIT");
}

/* --- joining ---------------------------------------------------------------------------------- */

START_TEST(g10_who_joins_late_hears_everything_from_the_beginning)
{
  embark_admin_response first, second;
  made_bundle *made = two();
  const char *begun = begin_waiting(made, &first);
  ask_begin(made, "", 1, &second);
  ck_assert_uint_eq(ask_connections(), 2);
  ask_expect_value(ask_get(made, "/status").json, "running", "true");
  let_go();
  const char *late = ask_read(&second, 100);
  const char *rest = ask_read(&first, 65536);
  ck_assert_str_eq(late, keep_printf("%s%s", begun, rest));
  ask_expect_value(ask_result(late), "exit", "0");
  ask_expect_value(ask_get(made, "/status").json, "running", "false");
  db_expect_rows("2", "SELECT count(*) FROM embark.migrations");
  ask_expect_released();
}
END_TEST

START_TEST(who_joins_gives_its_own_connection_back_at_once)
{
  embark_admin_response first, second;
  made_bundle *made = two();
  begin_waiting(made, &first);
  db_wait_until("select count(*) = 1 from pg_stat_activity where datname = current_database()"
                " and backend_type = 'client backend' and pid not in (pg_backend_pid(), %d, %d)",
                PQbackendPID(db_conn), PQbackendPID(holder));
  ask_begin(made, "", 1, &second);
  db_wait_until("select count(*) = 1 from pg_stat_activity where datname = current_database()"
                " and backend_type = 'client backend' and pid not in (pg_backend_pid(), %d, %d)",
                PQbackendPID(db_conn), PQbackendPID(holder));
  let_go();
  ask_read(&second, 65536);
  ask_read(&first, 65536);
}
END_TEST

START_TEST(another_ledger_is_another_run)
{
  embark_admin_response r;
  made_bundle *made = two();
  begin_waiting(made, &r);
  drive_options.ledger_table = "others";
  drive_options.lock_key = LOCK + 1;
  ask_expect_value(ask_get(made, "/status").json, "running", "false");
  ask_expect(made, "", 200, 0);
  db_exec(db_watch, "DROP TABLE a, b");
  let_go();
  ck_assert_ptr_nonnull(strstr(ask_read(&r, 65536), "event: result"));
}
END_TEST

START_TEST(a_run_that_is_over_is_not_joined)
{
  embark_admin_response r;
  made_bundle *made = two();
  ask_begin(made, "", 1, &r);
  ask_read_until(&r, "event: result");
  json_t *again = ask_expect(made, "", 200, 0).json;
  ask_expect_value(again, "applied", "[]");
  ask_expect_value(again, "already", "2");
  embark_admin_response_free(&r);
}
END_TEST

START_TEST(what_is_approved_later_does_not_count_for_a_run_that_is_under_way)
{
  embark_admin_response first, second;
  made_bundle *made = bundle_native("0000_a", "create table a ();\n", "0001_b", "drop table a;\n",
                                    "0002_c", "select 1;\n", NULL);
  made->statements[1].hazards = EMBARK_HAZARD_DESTRUCTIVE;
  drive_given(bundle_head(made, 1));
  begin_waiting(made, &first);
  ask_begin(made, "approve=0001_b", 1, &second);
  let_go();
  ask_expect_value(ask_result(ask_read(&first, 65536)), "error.code", "EMBARK_E_FORBIDDEN");
  ask_expect_value(ask_result(ask_read(&second, 65536)), "error.code", "EMBARK_E_FORBIDDEN");
  ask_expect(made, "approve=0001_b", 200, 0);
}
END_TEST

/* A child is on its own: it does not wait for a run that no thread of its goes on with. */
START_TEST(g10_a_forked_child_does_not_join_its_parents_run)
{
  embark_admin_response r;
  made_bundle *made = two();
  int ended = -1;
  begin_waiting(made, &r);
  pid_t pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    embark_admin_response own;
    drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
    ask_begin(made, "", 0, &own);
    _exit(own.status == 503 && strstr(own.body, "EMBARK_E_LOCKED") != NULL ? 0 : 1);
  }
  ck_assert_int_eq(waitpid(pid, &ended, 0), pid);
  ck_assert(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
  let_go();
  ask_expect_value(ask_result(ask_read(&r, 65536)), "exit", "0");
}
END_TEST

/* --- leaving ---------------------------------------------------------------------------------- */

START_TEST(who_began_may_leave_and_the_run_goes_on_for_the_others)
{
  embark_admin_response first, second;
  made_bundle *made = two();
  begin_waiting(made, &first);
  ask_begin(made, "", 1, &second);
  embark_admin_response_free(&first);
  db_expect_tables("");
  let_go();
  ask_expect_value(ask_result(ask_read(&second, 65536)), "exit", "0");
  db_expect_tables("a b");
  ask_expect_released();
}
END_TEST

START_TEST(who_joined_may_leave_as_well)
{
  embark_admin_response first, second;
  made_bundle *made = two();
  begin_waiting(made, &first);
  ask_begin(made, "", 1, &second);
  embark_admin_response_free(&second);
  db_expect_tables("");
  let_go();
  ask_expect_value(ask_result(ask_read(&first, 65536)), "exit", "0");
  ask_expect_released();
}
END_TEST

START_TEST(the_last_one_that_leaves_sees_the_run_to_its_end)
{
  embark_admin_response r;
  ask_begin(two(), "", 1, &r);
  ask_read_until(&r, "event: planned");
  embark_admin_response_free(&r);
  db_expect_tables("a b");
  ask_expect_released();
}
END_TEST

START_TEST(g9_who_lent_the_connection_has_it_back_when_it_leaves)
{
  embark_admin_response first, second;
  made_bundle *made = two();
  const char *before = db_session(db_conn);
  ask_conn = db_conn;
  ask_begin(made, "", 1, &first);
  ask_read_until(&first, "event: planned");
  ask_conn = NULL;
  ask_begin(made, "", 1, &second);
  embark_admin_response_free(&first);
  db_expect_tables("a b");
  db_expect_session(db_conn, before);
  ask_expect_value(ask_result(ask_read(&second, 65536)), "exit", "0");
  ask_expect_released();
}
END_TEST

static unsigned events_heard;

static int count_event(void *data, const embark_event *event)
{
  (void)event;
  ck_assert_ptr_eq(data, &events_heard);
  events_heard++;
  return 0;
}

START_TEST(the_hook_of_who_has_left_is_not_called)
{
  embark_admin_response first, second;
  made_bundle *made = two();
  events_heard = 0;
  drive_options.on_event = count_event;
  drive_options.event_data = &events_heard;
  begin_waiting(made, &first);
  ck_assert_uint_gt(events_heard, 0);
  drive_options.on_event = NULL;
  ask_begin(made, "", 1, &second);
  embark_admin_response_free(&first);
  unsigned before = events_heard;
  let_go();
  ask_expect_value(ask_result(ask_read(&second, 65536)), "exit", "0");
  ck_assert_uint_eq(events_heard, before);
}
END_TEST

/* What the request had is gone with it: names, tags, connection strings. */
START_TEST(the_options_of_who_has_left_are_not_needed)
{
  embark_admin_response first, second;
  made_bundle *made =
      bundle_native("0000_a", "create table a ();\n", "0001_b", "drop table a;\n", NULL);
  made->statements[1].hazards = EMBARK_HAZARD_UNCLASSIFIED;
  char table[] = "others", tag[] = "0001_b";
  const char *approved[] = {tag, NULL};
  drive_options.ledger_table = table;
  drive_options.approved = approved;
  begin_waiting(made, &first);
  ask_begin(made, "", 1, &second);
  embark_admin_response_free(&first);
  memset(table, 'x', sizeof table - 1);
  memset(tag, 'x', sizeof tag - 1);
  approved[0] = NULL;
  let_go();
  ask_expect_value(ask_result(ask_read(&second, 65536)), "exit", "0");
  db_expect_rows("2", "SELECT count(*) FROM embark.others");
}
END_TEST

/* --- how much --------------------------------------------------------------------------------- */

static size_t count_of(const char *text, const char *wanted)
{
  size_t count = 0;
  for (const char *at = strstr(text, wanted); at != NULL; at = strstr(at + 1, wanted)) {
    count++;
  }
  return count;
}

START_TEST(g14_what_is_kept_for_others_is_bounded)
{
  made_bundle *made = bundle_native(
      "0000_a",
      "do $$ begin for i in 1..3000 loop raise notice '%', repeat('x', 1000); end loop; end $$;\n",
      "0001_b", "create table b ();\n", NULL);
  embark_admin_response r;
  ask_begin(made, "", 1, &r);
  const char *stream = ask_read(&r, 65536);
  ck_assert_uint_gt(strlen(stream), 1024 * 1024);
  ck_assert_uint_lt(strlen(stream), 1100 * 1024);
  ck_assert_uint_eq(count_of(stream, "too much was said"), 1);
  ck_assert_uint_eq(count_of(stream, "event: applied"), 2);
  ask_expect_value(ask_result(stream), "exit", "0");
}
END_TEST

START_TEST(a_long_message_is_cut)
{
  embark_admin_response r;
  ask_begin(bundle_native("0000_a",
                          "do $$ begin raise notice '%', repeat(U&'\\00e4', 100000); end $$;\n",
                          NULL),
            "", 1, &r);
  const char *stream = ask_read(&r, 65536);
  ck_assert_uint_lt(strlen(stream), 20000);
  ck_assert_ptr_nonnull(strstr(stream, "\\u00e4\\u00e4...\""));
  ask_expect_value(ask_result(stream), "exit", "0");
}
END_TEST

Suite *test_suite(void)
{
  return ask_suite("admin_share", g10_who_joins_late_hears_everything_from_the_beginning,
                   who_joins_gives_its_own_connection_back_at_once, another_ledger_is_another_run,
                   a_run_that_is_over_is_not_joined,
                   what_is_approved_later_does_not_count_for_a_run_that_is_under_way,
                   g10_a_forked_child_does_not_join_its_parents_run,
                   who_began_may_leave_and_the_run_goes_on_for_the_others,
                   who_joined_may_leave_as_well, the_last_one_that_leaves_sees_the_run_to_its_end,
                   g9_who_lent_the_connection_has_it_back_when_it_leaves,
                   the_hook_of_who_has_left_is_not_called,
                   the_options_of_who_has_left_are_not_needed,
                   g14_what_is_kept_for_others_is_bounded, a_long_message_is_cut, NULL);
}
