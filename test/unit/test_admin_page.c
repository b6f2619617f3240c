/* The page's files: to anybody, with what differs from host to host put in harmlessly. */
#include <stdlib.h>
#include <string.h>

#include "admin_answers.h"
#include "assets.h"
#include "suite.h"

static text expected;

static void forget(void)
{
  text_free(&expected);
}

/* What talk() shows of a file. */
static const char *file(const char *content_type, const void *bytes, size_t size)
{
  text_free(&expected);
  text_printf(&expected, "200\nContent-Type: %s\n" TALK_HEADERS "\n", content_type);
  text_put(&expected, bytes, size);
  return text_string(&expected);
}

static const char *page(const char *part, const char *login)
{
  text body = {0};
  assets_page(&body, part, login);
  const char *whole = file("text/html; charset=utf-8", body.bytes, body.size);
  text_free(&body);
  return whole;
}

START_TEST(a_browser_gets_the_page_without_the_secret)
{
  talk.request.accept = "text/html,application/xhtml+xml,*/*;q=0.8";
  ck_assert_str_eq(talk_to("GET", M), page("migrate", "secret"));
  ck_assert_str_eq(talk_to("GET", M "?nonsense=%"), page("migrate", "secret"));
  ck_assert_int_eq(talk.connects, 0);
}
END_TEST

START_TEST(the_page_is_the_same_whatever_the_secret)
{
  talk.request.accept = "text/html";
  talk.request.authorization = "Bearer wrong";
  for (int i = 0; i < 30; i++) {
    ck_assert_str_eq(talk_to("GET", M), page("migrate", "secret"));
  }
  ck_assert_str_eq(talk_secret("GET", M), page("migrate", "secret"));
  ck_assert_int_eq(talk.connects, 0);
}
END_TEST

START_TEST(style_and_script_are_served_as_they_are)
{
  ck_assert_str_eq(talk_to("GET", M "/admin.css"),
                   file("text/css; charset=utf-8", asset_css.bytes, asset_css.size));
  ck_assert_str_eq(talk_to("GET", M "/admin.js"),
                   file("text/javascript; charset=utf-8", asset_js.bytes, asset_js.size));
  ck_assert_int_eq(talk.connects, 0);
}
END_TEST

static void expect_head(const char *target, const char *whole)
{
  size_t head = (size_t)(talk_body(whole) - whole);
  const char *answer = talk_to("HEAD", target);
  ck_assert_uint_eq(strlen(answer), head);
  ck_assert_int_eq(strncmp(answer, whole, head), 0);
  ck_assert_uint_eq(talk.content_length, strlen(whole) - head);
}

START_TEST(head_of_a_file_has_its_length_and_no_body)
{
  talk.request.accept = "text/html";
  expect_head(M, page("migrate", "secret"));
  expect_head(M "/admin.css", file("text/css; charset=utf-8", asset_css.bytes, asset_css.size));
  expect_head(M "/admin.js", file("text/javascript; charset=utf-8", asset_js.bytes, asset_js.size));
}
END_TEST

static int nobody(void *data, const embark_admin_request *request)
{
  return data == request;
}

START_TEST(the_page_says_that_the_host_decides)
{
  talk.request.accept = "text/html";
  talk.admin.authorize = nobody;
  talk.admin.secret = NULL;
  ck_assert_str_eq(talk_to("GET", M), page("migrate", "host"));
}
END_TEST

START_TEST(the_page_is_where_it_is_mounted)
{
  talk.request.accept = "text/html";
  talk.admin.mount = "/x/y";
  ck_assert_str_eq(talk_to("GET", "/x/y"), page("y", "secret"));
  ck_assert_str_eq(talk_to("GET", M), NOT_FOUND);
  talk.admin.mount = "/m";
  ck_assert_str_eq(talk_to("GET", "/m"), page("m", "secret"));
  ck_assert_int_eq(strncmp(talk_to("GET", "/m/admin.css"), "200\n", 4), 0);
  ck_assert_str_eq(talk_to("GET", "/m/"), "308\n" TALK_HEADERS "Location: ../m\n\n");
}
END_TEST

START_TEST(the_page_at_a_mount_with_strange_characters_has_them_escaped)
{
  talk.request.accept = "text/html";
  talk.admin.mount = "/x/a&b='c';(@)";
  const char *answer = talk_to("GET", "/x/a&b='c';(@)");
  ck_assert_ptr_nonnull(strstr(answer, "a&amp;b=&#39;c&#39;;(@)/admin.css"));
  ck_assert_ptr_null(strstr(answer, "b='"));
}
END_TEST

START_TEST(a_part_with_a_colon_is_not_taken_for_a_scheme)
{
  talk.request.accept = "text/html";
  talk.admin.mount = "/javascript:x";
  const char *answer = talk_to("GET", "/javascript:x");
  ck_assert_ptr_nonnull(strstr(answer, "./javascript:x/admin.js"));
  ck_assert_ptr_null(strstr(answer, "\"javascript:x"));
}
END_TEST

/* --- the gaps --------------------------------------------------------------------------------- */

static void replace(text *t, const char *mark, const char *by)
{
  text out = {0};
  const char *rest = text_string(t), *at;
  ck_assert_ptr_nonnull(strstr(rest, mark));
  while ((at = strstr(rest, mark)) != NULL) {
    text_put(&out, rest, (size_t)(at - rest));
    text_puts(&out, by);
    rest = at + strlen(mark);
  }
  text_puts(&out, rest);
  text_free(t);
  *t = out;
}

START_TEST(nothing_but_the_gaps_is_changed)
{
  text filled = {0};
  text_put(&expected, (const char *)asset_html.bytes, asset_html.size);
  replace(&expected, "@BASE@", "&lt;i&gt;&quot;&#39;&amp;@BASE");
  replace(&expected, "@LOGIN@", "&lt;b&gt;");
  assets_page(&filled, "<i>\"'&@BASE", "<b>");
  ck_assert_str_eq(text_string(&filled), text_string(&expected));
  text_free(&filled);
}
END_TEST

START_TEST(the_page_is_under_forty_kilobytes_in_all)
{
  ck_assert_uint_gt(asset_html.size, 0);
  ck_assert_uint_gt(asset_css.size, 0);
  ck_assert_uint_gt(asset_js.size, 0);
  ck_assert_uint_lt(asset_html.size + asset_css.size + asset_js.size, 40u * 1024);
}
END_TEST

START_TEST(the_files_have_no_nul)
{
  ck_assert_ptr_null(memchr(asset_html.bytes, '\0', asset_html.size));
  ck_assert_ptr_null(memchr(asset_css.bytes, '\0', asset_css.size));
  ck_assert_ptr_null(memchr(asset_js.bytes, '\0', asset_js.size));
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("admin page");
  TCase *tc = tcase_create("admin page");
  tcase_add_checked_fixture(tc, talk_begin, forget);
  tcase_add_test(tc, a_browser_gets_the_page_without_the_secret);
  tcase_add_test(tc, the_page_is_the_same_whatever_the_secret);
  tcase_add_test(tc, style_and_script_are_served_as_they_are);
  tcase_add_test(tc, head_of_a_file_has_its_length_and_no_body);
  tcase_add_test(tc, the_page_says_that_the_host_decides);
  tcase_add_test(tc, the_page_is_where_it_is_mounted);
  tcase_add_test(tc, the_page_at_a_mount_with_strange_characters_has_them_escaped);
  tcase_add_test(tc, a_part_with_a_colon_is_not_taken_for_a_scheme);
  tcase_add_test(tc, nothing_but_the_gaps_is_changed);
  tcase_add_test(tc, the_page_is_under_forty_kilobytes_in_all);
  tcase_add_test(tc, the_files_have_no_nul);
  suite_add_tcase(suite, tc);
  return suite;
}
