/* The admin endpoint without a server: a table of requests, and what is answered to the letter.
 * What is answered once a database is asked is not here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin_answers.h"
#include "suite.h"

typedef struct exchange {
  const char *method, *target, *authorization, *accept, *content_type, *body;
  const char *answer;
} exchange;

/* In macros, or the formatter would make columns of them. */
#define SENT(method, target, authorization, accept, content_type, body, answer)                    \
  {                                                                                                \
    method, target, authorization, accept, content_type, body, answer                              \
  }
#define ASKED(method, target, authorization, answer)                                               \
  SENT(method, target, authorization, NULL, NULL, NULL, answer)
#define POSTED(target, content_type, body, answer)                                                 \
  SENT("POST", target, TALK_BEARER, NULL, content_type, body, answer)

static const exchange asked[] = {
    ASKED("GET", M, NULL, UNKNOWN),
    SENT("GET", M, NULL, "*/*", NULL, NULL, UNKNOWN),
    SENT("GET", M, NULL, "application/json", NULL, NULL, UNKNOWN),
    SENT("GET", M "/status", NULL, "text/html", NULL, NULL, UNKNOWN),
    ASKED("GET", M "/sql?tag=0000_first", NULL, UNKNOWN),
    ASKED("GET", M, "", UNKNOWN),
    ASKED("GET", M, TALK_SECRET, UNKNOWN),
    ASKED("GET", M, "Basic " TALK_SECRET, UNKNOWN),
    ASKED("GET", M, "Bearer" TALK_SECRET, UNKNOWN),
    ASKED("GET", M, "Bearer", UNKNOWN),
    ASKED("GET", M, "Bearer ", UNKNOWN),
    ASKED("GET", M, "Bearer correct-horse-batter", UNKNOWN),
    ASKED("GET", M, "Bearer " TALK_SECRET "x", UNKNOWN),
    ASKED("GET", M, "Bearer Correct-horse-battery", UNKNOWN),
    ASKED("GET", M "/status", "Bearer wrong", UNKNOWN),
    ASKED("GET", M "/sql?tag=nonsense", NULL, UNKNOWN),
    ASKED("GET", M "/sql?%", NULL, UNKNOWN),
    ASKED("GET", "/", NULL, NOT_FOUND),
    ASKED("GET", "/", TALK_BEARER, NOT_FOUND),
    ASKED("GET", "", NULL, NOT_FOUND),
    ASKED("GET", NULL, NULL, NOT_FOUND),
    ASKED("GET", M "x", TALK_BEARER, NOT_FOUND),
    ASKED("GET", M "/status/", TALK_BEARER, NOT_FOUND),
    ASKED("GET", M "/../migrate", TALK_BEARER, NOT_FOUND),
    ASKED("GET", "/api%2Fadmin/migrate", TALK_BEARER, NOT_FOUND),
    ASKED("GET", M "%00", TALK_BEARER, NOT_FOUND),
    ASKED("GET", M "/", NULL, "308\n" TALK_HEADERS "Location: ../migrate\n\n"),
    ASKED("GET", M "/?a\r\nX: y", NULL, "308\n" TALK_HEADERS "Location: ../migrate\n\n"),
};

static const exchange others[] = {
    ASKED("POST", M, NULL, UNKNOWN),
    SENT("POST", M, NULL, "text/event-stream", NULL, NULL, UNKNOWN),
    SENT("POST", M "?dry-run", NULL, "text/html", NULL, NULL, UNKNOWN),
    ASKED("POST", M, "Bearer wrong", UNKNOWN),
    SENT("POST", M, NULL, NULL, "application/json", "{}", UNKNOWN),
    SENT("POST", M, NULL, NULL, TALK_FORM, "%", UNKNOWN),
    SENT("POST", M "?nonsense=%", "Bearer wrong", NULL, TALK_FORM, "x=%00", UNKNOWN),
    ASKED(NULL, NULL, NULL, NOT_FOUND),
    ASKED("OPTIONS", "*", NULL, NOT_FOUND),
    ASKED("BREW", "/pot", NULL, NOT_FOUND),
    ASKED("POST", M "/status", TALK_BEARER, NOT_SO),
    ASKED("POST", M "/sql", NULL, NOT_SO),
    ASKED("POST", M "/admin.css", NULL, NOT_SO),
    ASKED("POST", M "/admin.js", NULL, NOT_SO),
    ASKED("POST", M "/", TALK_BEARER, NOT_SO),
    ASKED("PUT", M "/status", TALK_BEARER, NOT_SO),
    ASKED("PUT", M, TALK_BEARER, NOT_THERE),
    ASKED("DELETE", M, NULL, NOT_THERE),
    ASKED("PATCH", M, NULL, NOT_THERE),
    ASKED("TRACE", M, NULL, NOT_THERE),
    ASKED("CONNECT", M, NULL, NOT_THERE),
    ASKED("", M, NULL, NOT_THERE),
    ASKED(NULL, M, NULL, NOT_THERE),
    ASKED("get", M, TALK_BEARER, NOT_THERE),
    ASKED("GET ", M, TALK_BEARER, NOT_THERE),
    ASKED("GETX", M, TALK_BEARER, NOT_THERE),
    ASKED("OPTIONS", M, NULL, "204\n" TALK_HEADERS "Allow: GET, HEAD, POST, OPTIONS\n\n"),
    ASKED("OPTIONS", M "/status", NULL, OPTIONED),
    ASKED("OPTIONS", M "/sql", NULL, OPTIONED),
    ASKED("OPTIONS", M "/admin.css", NULL, OPTIONED),
    ASKED("OPTIONS", M "/admin.js", "Bearer wrong", OPTIONED),
    ASKED("OPTIONS", M "/", NULL, OPTIONED),
    ASKED("HEAD", M "/", NULL, "308\n" TALK_HEADERS "Location: ../migrate\n\n"),
};

/* --- with the secret, before the database ----------------------------------------------------- */

static const exchange mistakes[] = {
    POSTED(M, NULL, "dry-run=1", NO_FORM),
    POSTED(M, "", "dry-run=1", NO_FORM),
    POSTED(M, "application/json", "{\"dry-run\":true}", NO_FORM),
    POSTED(M, "text/plain", "dry-run=1", NO_FORM),
    POSTED(M, "multipart/form-data; boundary=x", "--x--", NO_FORM),
    POSTED(M, TALK_FORM, "a=%", MALFORMED),
    POSTED(M, TALK_FORM, "approve=%0", MALFORMED),
    POSTED(M, TALK_FORM, "approve=%zz", MALFORMED),
    POSTED(M, TALK_FORM, "approve=%00", MALFORMED),
    POSTED(M, TALK_FORM, "approve=\xff", MALFORMED),
    POSTED(M, TALK_FORM "; charset=UTF-8", "approve=%C0%AF", MALFORMED),
    ASKED("POST", M "?approve=%", TALK_BEARER, MALFORMED),
    ASKED("GET", M "?%", TALK_BEARER, MALFORMED),
    ASKED("GET", M "/status?%ff", TALK_BEARER, MALFORMED),
    ASKED("GET", M "/sql?tag=%E2%82", TALK_BEARER, MALFORMED),
    ASKED("GET", M "?x=1", TALK_BEARER, FIELD),
    ASKED("GET", M "?dry-run", TALK_BEARER, FIELD),
    ASKED("GET", M "/status?tag=0000_first", TALK_BEARER, FIELD),
    ASKED("GET", M "/sql?tag=0000_first&x", TALK_BEARER, FIELD),
    ASKED("GET", M "/sql", TALK_BEARER, BAD("a tag is needed")),
    ASKED("GET", M "/sql?tag=a&tag=b", TALK_BEARER, BAD("a field is there twice")),
    POSTED(M, TALK_FORM, "dry_run=1", FIELD),
    ASKED("POST", M "?dryrun", TALK_BEARER, FIELD),
    POSTED(M "?dry-run", TALK_FORM, "dry-run", BAD("a field is there twice")),
    POSTED(M, TALK_FORM, "dry-run=no", BAD("dry-run is 1 or 0")),
    POSTED(M, TALK_FORM, "approve=0000_firs",
           BAD("a tag to be approved is none of this program's")),
    ASKED("POST", M "?approve=", TALK_BEARER,
          BAD("a tag to be approved is none of this program's")),
};

static void exchange_words(const exchange *e)
{
  talk.request.authorization = e->authorization;
  talk.request.accept = e->accept;
  talk.request.content_type = e->content_type;
  talk.request.body = e->body;
  talk.request.body_size = e->body != NULL ? strlen(e->body) : 0;
  ck_assert_str_eq(talk_to(e->method, e->target), e->answer);
  ck_assert_int_eq(talk.code, EMBARK_OK);
  ck_assert_uint_eq(talk.content_length, strlen(talk_body(e->answer)));
}

START_TEST(what_anybody_gets_is_answered_without_a_look_at_the_database)
{
  exchange_words(&asked[_i]);
  ck_assert_int_eq(talk.connects, 0);
}
END_TEST

START_TEST(other_methods_are_answered_without_a_look_at_the_database)
{
  exchange_words(&others[_i]);
  ck_assert_int_eq(talk.connects, 0);
}
END_TEST

START_TEST(what_is_sent_wrongly_is_refused_without_a_look_at_the_database)
{
  exchange_words(&mistakes[_i]);
  ck_assert_int_eq(talk.connects, 0);
}
END_TEST

START_TEST(head_is_answered_as_get_without_the_body)
{
  const exchange *e = &asked[_i];
  char answer[4096];
  snprintf(answer, sizeof answer, "%.*s", (int)(talk_body(e->answer) - e->answer), e->answer);
  talk.request.authorization = e->authorization;
  talk.request.accept = e->accept;
  ck_assert_str_eq(talk_to("HEAD", e->target), answer);
  ck_assert_uint_eq(talk.content_length, strlen(talk_body(e->answer)));
}
END_TEST

static char large[EMBARK_ADMIN_BODY_MAX + 1];

static const char *post_large(const char *authorization, size_t size)
{
  memset(large, '&', sizeof large);
  talk.request.authorization = authorization;
  talk.request.content_type = TALK_FORM;
  talk.request.body = large;
  talk.request.body_size = size;
  return talk_to("POST", M "?dry-run=no");
}

START_TEST(a_body_has_its_largest)
{
  ck_assert_str_eq(post_large(TALK_BEARER, sizeof large), TOO_LARGE);
  ck_assert_str_eq(post_large(TALK_BEARER, SIZE_MAX), TOO_LARGE);
  ck_assert_str_eq(post_large(TALK_BEARER, sizeof large - 1), BAD("dry-run is 1 or 0"));
}
END_TEST

START_TEST(the_size_of_a_body_is_told_to_nobody_without_the_secret)
{
  ck_assert_str_eq(post_large(NULL, sizeof large), UNKNOWN);
  ck_assert_str_eq(post_large("Bearer wrong", sizeof large), UNKNOWN);
}
END_TEST

START_TEST(a_nul_in_a_body_is_malformed)
{
  talk.request.content_type = TALK_FORM;
  talk.request.body = "dry-run=1\0";
  talk.request.body_size = sizeof "dry-run=1\0" - 1;
  ck_assert_str_eq(talk_secret("POST", M), MALFORMED);
}
END_TEST

START_TEST(the_body_of_a_get_is_not_looked_at)
{
  talk.request.body = large;
  talk.request.body_size = SIZE_MAX;
  ck_assert_str_eq(talk_secret("GET", M "?x"), FIELD);
}
END_TEST

#define MANY  20000
#define APART 1000

/* A dump may be a file of one line. */
START_TEST(the_columns_of_a_long_line_are_found_in_one_look_at_it)
{
  embark_bundle bundle = *talk.bundle;
  embark_migration m = bundle.migrations[0];
  embark_statement *statements = calloc(MANY, sizeof *statements);
  unsigned char *sql = calloc(MANY, APART);
  ck_assert(statements != NULL && sql != NULL);
  for (size_t i = 0; i < MANY; i++) {
    statements[i] = (embark_statement){.offset = i * APART, .length = 1, .line = 1};
    sql[i * APART] = 'x';
  }
  m.sql_offset = 0;
  m.sql_length = (uint64_t)MANY * APART;
  m.first_statement = 0;
  m.statement_count = bundle.statement_count = MANY;
  bundle.migrations = &m;
  bundle.migration_count = 1;
  bundle.statements = statements;
  bundle.sql = sql;
  talk.bundle = &bundle;
  const char *said = talk_body(talk_secret("GET", M "/sql?tag=0000_first"));
  ck_assert_ptr_nonnull(strstr(said, "\"statement\":3,\"line\":1,\"column\":2001,\"sql\":\"x\""));
  ck_assert_ptr_nonnull(strstr(said, "\"statement\":20000,\"line\":1,\"column\":19999001,"));
  free(statements);
  free(sql);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("admin handle");
  TCase *tc = tcase_create("admin handle");
  tcase_add_checked_fixture(tc, talk_begin, NULL);
  tcase_add_loop_test(tc, what_anybody_gets_is_answered_without_a_look_at_the_database, 0,
                      COUNT(asked));
  tcase_add_loop_test(tc, other_methods_are_answered_without_a_look_at_the_database, 0,
                      COUNT(others));
  tcase_add_loop_test(tc, what_is_sent_wrongly_is_refused_without_a_look_at_the_database, 0,
                      COUNT(mistakes));
  tcase_add_loop_test(tc, head_is_answered_as_get_without_the_body, 0, COUNT(asked));
  tcase_add_test(tc, a_body_has_its_largest);
  tcase_add_test(tc, the_size_of_a_body_is_told_to_nobody_without_the_secret);
  tcase_add_test(tc, a_nul_in_a_body_is_malformed);
  tcase_add_test(tc, the_body_of_a_get_is_not_looked_at);
  suite_add_tcase(suite, tc);
  tc = tcase_create("a long line");
  tcase_set_timeout(tc, 60); /* by far: it takes a part of a second */
  tcase_add_checked_fixture(tc, talk_begin, NULL);
  tcase_add_test(tc, the_columns_of_a_long_line_are_found_in_one_look_at_it);
  suite_add_tcase(suite, tc);
  return suite;
}
