/* G13 over HTTP: no answer has a password in it, or a connection string; and none has anything that
 * a page could take for its own code. */
#include <string.h>

#include "ask.h"
#include "keep.h"
#include "server.h"
#include "suite.h"

#define WRONG "wrong-secret-4711"

static server locked;

static void start_server(void)
{
  server_make(&locked, "scram");
  server_start(&locked);
}

static void remove_server(void)
{
  server_remove(&locked);
}

static made_bundle *one(void)
{
  return bundle_native("0000_a", "select 1;\n", NULL);
}

static void connect_with(const char *password, const char *more)
{
  ask_conninfo =
      keep_printf("%s dbname=postgres user=owner password=%s %s", locked.address, password, more);
}

static const char *events_of(const made_bundle *made, const char *form)
{
  embark_admin_response r;
  ask_begin(made, form, 1, &r);
  if (r.is_stream) {
    return ask_read(&r, 65536);
  }
  char *body = keep_zeros(r.body_size + 1);
  memcpy(body, r.body, r.body_size);
  embark_admin_response_free(&r);
  return body;
}

/* All that can be asked, with the code of its errors; no answer has the secret in it. */
static ask_answer expect_kept(const made_bundle *made, const char *code, const char *secret)
{
  ask_answer answers[] = {ask_get(made, "/status"), ask_post(made, "dry-run"), ask_post(made, "")};
  const char *events = events_of(made, "");
  ck_assert_ptr_null(strstr(events, secret));
  ck_assert_ptr_null(strstr(events, "password="));
  for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
    ck_assert_ptr_null(strstr(answers[i].body, secret));
    ck_assert_ptr_null(strstr(answers[i].body, "password="));
  }
  ask_expect_value(answers[2].json, "error.code", code);
  ask_expect_released();
  return answers[2];
}

static json_t *expect_no_connection(const made_bundle *made, const char *secret)
{
  ask_answer a = expect_kept(made, "EMBARK_E_CONNECTION", secret);
  ck_assert_int_eq(a.status, 503);
  ck_assert_str_eq(a.retry_after, "5");
  ask_expect_value(a.json, "exit", "6");
  ask_expect_value(a.json, "database", "");
  ask_expect_value(a.json, "error.message", "no connection to the database");
  ck_assert_str_ne(ask_value(a.json, "error.hint"), "null");
  return a.json;
}

START_TEST(g13_a_wrong_password_is_told_in_the_servers_words)
{
  connect_with(WRONG, "");
  json_t *json = expect_no_connection(one(), WRONG);
  ask_expect_value(json, "error.detail",
                   "FATAL:  password authentication failed for user \"owner\"");
}
END_TEST

START_TEST(g13_where_there_is_no_server_nothing_of_the_string_is_told)
{
  ask_conninfo = "host=/nonexistent user=owner password=" WRONG;
  json_t *json = expect_no_connection(one(), "nonexistent");
  ask_expect_value(json, "error.detail", "null");
  expect_no_connection(one(), WRONG);
}
END_TEST

START_TEST(g13_nothing_is_told_of_a_string_that_libpq_refuses)
{
  static const char *const strings[] = {
      "postgresql://embark:" WRONG "@/postgres?no_such_parameter=1",
      "password " WRONG,
      "password='" WRONG,
      "postgresql://u:" WRONG "/x@localhost/db",
  };
  for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
    ask_conninfo = strings[i];
    ask_expect_value(expect_no_connection(one(), WRONG), "error.detail", "null");
  }
}
END_TEST

/* libpq takes the number for a port, and the rest of the password for a database. */
START_TEST(g13_nothing_is_told_of_a_database_that_may_be_a_part_of_a_password)
{
  ask_conninfo = keep_printf("%s user=owner password=" SERVER_PASSWORD " dbname='" WRONG "@host'",
                             locked.address);
  ask_expect_value(expect_no_connection(one(), WRONG), "error.detail", "null");
}
END_TEST

static PGconn *connect_to_nothing(void *data)
{
  (void)data;
  return NULL;
}

START_TEST(a_program_that_has_no_connection_is_told_so)
{
  ask_admin.connect = connect_to_nothing;
  expect_no_connection(one(), WRONG);
  ask_admin.connect = NULL;
  expect_no_connection(one(), WRONG);
}
END_TEST

START_TEST(a_lent_connection_that_is_not_open_is_none)
{
  PGconn *lent = PQconnectdb("host=/nonexistent user=owner password=" WRONG);
  ask_conn = lent;
  expect_no_connection(one(), WRONG);
  ck_assert_int_eq(PQstatus(lent), CONNECTION_BAD);
  PQfinish(lent);
}
END_TEST

START_TEST(g13_the_right_password_is_in_no_answer)
{
  connect_with(SERVER_PASSWORD, "");
  expect_kept(bundle_native("0000_a", "select nothing;\n", NULL), "EMBARK_E_SQL", SERVER_PASSWORD);
  expect_kept(bundle_native("0000_a", "select pg_terminate_backend(pg_backend_pid());\n", NULL),
              "EMBARK_E_CONNECTION", SERVER_PASSWORD);
  drive_options.keeper_conninfo = "host=/nonexistent password=" WRONG;
  expect_kept(
      bundle_native("0000_a", "-- embark: no-transaction\ncreate table a (id int);\n", NULL),
      "EMBARK_E_KEEPER", WRONG);
}
END_TEST

/* --- what a page could be misled by ----------------------------------------------------------- */

#define HOSTILE "</script><!--'\"\\&\r\x01\x7f\xc3\xa4\xf0\x9f\x92\xa3"

/* As it is sent: ASCII on one line, and nothing in it that HTML or a script ends or begins with. */
static void expect_harmless(const char *body)
{
  for (const char *at = body; *at != '\0'; at++) {
    ck_assert_msg((*at >= ' ' && *at < 0x7f) || (*at == '\n' && at[1] == '\0'), "%s", at);
    ck_assert_msg(strchr("<>&'", *at) == NULL, "%s", at);
  }
}

START_TEST(hostile_tags_and_sql_are_escaped_and_come_out_as_they_are)
{
  const char *tag = keep_printf("0000_%s", HOSTILE);
  made_bundle *made = bundle_native(tag, "select $q$" HOSTILE "$q$;\n", NULL);
  ask_answer a = ask_get(made, "/sql?tag=0000_%3C%2Fscript%3E%3C!--'%22%5C%26%0D%01%7F%C3%A4"
                               "%F0%9F%92%A3");
  expect_harmless(a.body);
  ask_expect_value(a.json, "tag", tag);
  ask_expect_value(a.json, "statements.0.sql", "select $q$" HOSTILE "$q$");
  a = ask_get(made, "/status");
  expect_harmless(a.body);
  ask_expect_value(a.json, "migrations.0.tag", tag);
  a = ask_post(made, "");
  expect_harmless(a.body);
  ask_expect_value(a.json, "applied.0.tag", tag);
}
END_TEST

START_TEST(hostile_messages_of_the_server_are_escaped)
{
  made_bundle *made = bundle_native("0000_a",
                                    "do $$ begin raise notice '%', $q$" HOSTILE "$q$; end $$;\n"
                                    "select 1 from \"</script>\";\n",
                                    NULL);
  ask_answer a = ask_post(made, "");
  expect_harmless(a.body);
  ck_assert_ptr_nonnull(strstr(ask_value(a.json, "error.detail"), "\"</script>\""));
  const char *events = events_of(made, "");
  ck_assert_ptr_nonnull(strstr(events, "event: notice\ndata: {"));
  ck_assert_ptr_null(strchr(events, '<'));
  ck_assert_ptr_null(strchr(events, '\r'));
  ck_assert_ptr_nonnull(strstr(events,
                               "\\u003c/script\\u003e\\u003c!--\\u0027\\\"\\\\\\u0026\\u000d"
                               "\\u0001\\u007f\\u00e4\\ud83d\\udca3"));
}
END_TEST

START_TEST(hostile_names_of_roles_are_escaped)
{
  made_bundle *made = one();
  drive_given(made);
  db_exec(db_watch, "UPDATE embark.migrations SET applied_by = '</script><b>'");
  ask_answer a = ask_get(made, "/status");
  expect_harmless(a.body);
  ask_expect_value(a.json, "migrations.0.applied_by", "</script><b>");
}
END_TEST

/* Nothing checks what a tag is made of when a program builds its bundle by itself. */
START_TEST(bytes_that_are_no_utf_8_are_replaced)
{
  ask_answer a = ask_get(bundle_native("0000_\xff\xc3(\xe2\x82", "select 1;\n", NULL), "/status");
  expect_harmless(a.body);
  ck_assert_ptr_nonnull(a.json);
  ck_assert_ptr_nonnull(strstr(a.body, "0000_\\ufffd\\ufffd(\\ufffd\\ufffd"));
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite =
      ask_suite("admin_secrets", a_program_that_has_no_connection_is_told_so,
                a_lent_connection_that_is_not_open_is_none,
                g13_where_there_is_no_server_nothing_of_the_string_is_told,
                g13_nothing_is_told_of_a_string_that_libpq_refuses,
                hostile_tags_and_sql_are_escaped_and_come_out_as_they_are,
                hostile_messages_of_the_server_are_escaped, hostile_names_of_roles_are_escaped,
                bytes_that_are_no_utf_8_are_replaced, NULL);
  ask_add_case(suite, "scram", start_server, remove_server,
               g13_a_wrong_password_is_told_in_the_servers_words,
               g13_nothing_is_told_of_a_database_that_may_be_a_part_of_a_password,
               g13_the_right_password_is_in_no_answer, NULL);
  return suite;
}
