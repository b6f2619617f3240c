/* Media types: who gets the page, who the events, and which bodies are forms. */
#include "accept.h"
#include "suite.h"

#define COUNT(list) (int)(sizeof(list) / sizeof(list)[0])

#define HTML "text/html"
#define JSON "application/json"

static bool page(const char *accept)
{
  return accept_prefers(accept, HTML, JSON);
}

static const char *const for_people[] = {
    "text/html",
    "TEXT/Html",
    " text/html ",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
    "application/xml, text/html;charset=utf-8",
    "application/json;q=0.9, text/html",
    "application/json, text/html", /* as glad of either */
    "application/json;q=0, text/html;q=0.001",
    "text/html;q=1.000",
    "text/html; Q=0.5 ;x=y",
    "text/html;q=0, text/html",
    ",,text/html,,",
};

START_TEST(a_browser_gets_the_page)
{
  ck_assert_msg(page(for_people[_i]), "%s", for_people[_i]);
}
END_TEST

static const char *const for_programs[] = {
    NULL,
    "",
    "*/*",
    "text/*",
    "application/json",
    "text/plain",
    "text/html2",
    "xtext/html",
    "text/html;q=0",
    "text/html;q=0.000",
    "text/html;q=0.5, application/json;q=0.6",
    "text/html;q=0.5, application/json",
    "text/html;q=",
    "text/html;q=x",
    "text/html;q=2",
    "text/html;q=1.001",
    "text/html;q=0.1234",
    "text/html;q=-1",
    "text/html;q=.5",
    "text/html;q=01",
    "q=text/html",
    ";text/html",
};

START_TEST(who_does_not_ask_for_html_gets_json)
{
  ck_assert_msg(!page(for_programs[_i]), "%s", for_programs[_i]);
}
END_TEST

START_TEST(bodies_are_forms_whatever_their_parameters)
{
  ck_assert(content_is_form("application/x-www-form-urlencoded"));
  ck_assert(content_is_form("Application/X-WWW-Form-URLEncoded ; charset=UTF-8"));
  ck_assert(!content_is_form(NULL));
  ck_assert(!content_is_form(""));
  ck_assert(!content_is_form("application/json"));
  ck_assert(!content_is_form("text/plain;application/x-www-form-urlencoded"));
  ck_assert(!content_is_form("multipart/form-data; boundary=x"));
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("admin accept");
  TCase *tc = tcase_create("admin accept");
  tcase_add_loop_test(tc, a_browser_gets_the_page, 0, COUNT(for_people));
  tcase_add_loop_test(tc, who_does_not_ask_for_html_gets_json, 0, COUNT(for_programs));
  tcase_add_test(tc, bodies_are_forms_whatever_their_parameters);
  suite_add_tcase(suite, tc);
  return suite;
}
