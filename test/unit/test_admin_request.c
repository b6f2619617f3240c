/* Paths of the admin endpoint: which are ours, however they are written, and where one may be. */
#include <string.h>

#include "request.h"
#include "suite.h"

#define COUNT(list) (int)(sizeof(list) / sizeof(list)[0])

static const char *query;

static route at(const char *target)
{
  return request_route(target, "/api/admin/migrate", &query);
}

START_TEST(each_place_has_its_path)
{
  static const struct {
    const char *target;
    route to;
  } places[] = {
      {"/api/admin/migrate",           ROUTE_MOUNT },
      {"/api/admin/migrate/",          ROUTE_SLASH },
      {"/api/admin/migrate/admin.css", ROUTE_STYLE },
      {"/api/admin/migrate/admin.js",  ROUTE_SCRIPT},
      {"/api/admin/migrate/status",    ROUTE_STATUS},
      {"/api/admin/migrate/sql",       ROUTE_SQL   },
  };
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    ck_assert_int_eq(at(places[i].target), places[i].to);
    ck_assert_str_eq(query, "");
  }
}
END_TEST

static const char *const strange[] = {
    "",
    "/",
    "*",
    "api/admin/migrate",
    "/api/admin",
    "/api/admin/migrat",
    "/api/admin/migrated",
    "/API/admin/migrate",
    "/api/admin/migrate//",
    "//api/admin/migrate",
    "/api//admin/migrate",
    "/api/admin/migrate/status/",
    "/api/admin/migrate/status2",
    "/api/admin/migrate/admin.css.map",
    "/api/admin/migrate/index.html",
    "/api/admin/migrate;v=1",
    "/api/admin/migrate#top",
    "/api/admin/migrate\\status",
    "?/api/admin/migrate",
};

START_TEST(other_paths_are_none_of_ours)
{
  ck_assert_msg(at(strange[_i]) == ROUTE_NONE, "%s", strange[_i]);
}
END_TEST

static const char *const climbing[] = {
    "/api/admin/x/../migrate",
    "/api/admin/./migrate",
    "/api/admin/migrate/.",
    "/api/admin/migrate/..",
    "/api/admin/migrate/../migrate",
    "/api/admin/migrate/x/../status",
    "/api/admin/%2e%2e/admin/migrate",
    "/api/admin/migrate/%2E",
    "/../api/admin/migrate",
};

START_TEST(dots_to_climb_by_are_not_followed)
{
  ck_assert_msg(at(climbing[_i]) == ROUTE_NONE, "%s", climbing[_i]);
}
END_TEST

START_TEST(what_is_percent_encoded_is_the_same_path)
{
  ck_assert_int_eq(at("/%61pi/admin/migr%61te"), ROUTE_MOUNT);
  ck_assert_int_eq(at("/api/admin/migrate/%73%74%61%74%75%73"), ROUTE_STATUS);
  ck_assert_int_eq(at("/api/admin/migrate/admin%2Ecss"), ROUTE_STYLE);
  ck_assert_int_eq(at("/api/admin/migrate/admin%2ejs"), ROUTE_SCRIPT);
}
END_TEST

static const char *const misencoded[] = {
    "%2Fapi/admin/migrate",     "/api%2fadmin/migrate",    "/api/admin/migrate%2F",
    "/api/admin/migrate%2Fsql", "/api/admin/migrate%00",   "/api/admin/migrate%",
    "/api/admin/migrate%6",     "/api/admin/migrat%6",     "/api/admin/migrat%6x",
    "/api/admin/migrat%x5",     "/api/admin/migrat%2565",  "/api/admin/migrate%3Fdry-run",
    "/api/admin/migrate%20",    "/api/admin/migrat%c1%a5", "/api/admin/migrate%0d%0a",
};

START_TEST(an_encoded_slash_or_half_an_escape_is_none_of_ours)
{
  ck_assert_msg(at(misencoded[_i]) == ROUTE_NONE, "%s", misencoded[_i]);
}
END_TEST

START_TEST(the_query_begins_behind_the_first_question_mark)
{
  ck_assert_int_eq(at("/api/admin/migrate?dry-run=1&x=?"), ROUTE_MOUNT);
  ck_assert_str_eq(query, "dry-run=1&x=?");
  ck_assert_int_eq(at("/api/admin/migrate/sql?tag=%2F"), ROUTE_SQL);
  ck_assert_str_eq(query, "tag=%2F");
  ck_assert_int_eq(at("/api/admin/migrate?"), ROUTE_MOUNT);
  ck_assert_str_eq(query, "");
}
END_TEST

START_TEST(a_target_in_absolute_form_is_taken_by_its_path)
{
  ck_assert_int_eq(at("http://host/api/admin/migrate"), ROUTE_MOUNT);
  ck_assert_int_eq(at("HTTPS://user@host:8443/api/admin/migrate/status?a"), ROUTE_STATUS);
  ck_assert_str_eq(query, "a");
  ck_assert_int_eq(at("http:///api/admin/migrate"), ROUTE_MOUNT);
  ck_assert_int_eq(at("ftp://host/api/admin/migrate"), ROUTE_NONE);
  ck_assert_int_eq(at("http://host"), ROUTE_NONE);
  ck_assert_int_eq(at("http://host?/api/admin/migrate"), ROUTE_NONE);
  ck_assert_int_eq(at("http://host#/api/admin/migrate"), ROUTE_NONE);
  ck_assert_int_eq(at("http:/api/admin/migrate"), ROUTE_NONE);
  ck_assert_int_eq(at("://host/api/admin/migrate"), ROUTE_NONE);
}
END_TEST

START_TEST(an_authority_is_not_looked_for_within_a_path)
{
  ck_assert_int_eq(at("/x?u=http://host/api/admin/migrate"), ROUTE_NONE);
  ck_assert_int_eq(at("/http://host/api/admin/migrate"), ROUTE_NONE);
}
END_TEST

static const char *const mounts[] = {"/m", "/x/y", "/api/admin/migrate", "/a.b/-_~!$&'()*+,;=:@",
                                     "/..."};

START_TEST(an_endpoint_can_be_at_any_plain_path)
{
  ck_assert_msg(request_is_mount(mounts[_i]), "%s", mounts[_i]);
  ck_assert_int_eq(request_route(mounts[_i], mounts[_i], &query), ROUTE_MOUNT);
}
END_TEST

static const char *const no_mounts[] = {
    "",           "/",     "m",          "/m/",        "//m",   "/m//n", "/./m", "/m/.",  "/../m",
    "/m/..",      "/m n",  "/m?n",       "/m#n",       "/m%20", "/<b>",  "/\"",  "/m\\n", "/m\n",
    "/m\r\nX: y", "/\x7f", "/m\xc3\xa4", "http://h/m", "/{m}",  "/m|",   "/^",
};

START_TEST(an_endpoint_cannot_be_at_what_is_no_plain_path)
{
  ck_assert_msg(!request_is_mount(no_mounts[_i]), "%s", no_mounts[_i]);
}
END_TEST

START_TEST(a_mount_has_its_longest)
{
  char mount[MOUNT_MOST + 2];
  memset(mount, 'm', sizeof mount);
  mount[0] = '/';
  mount[MOUNT_MOST] = '\0';
  ck_assert(request_is_mount(mount));
  mount[MOUNT_MOST] = 'm';
  mount[MOUNT_MOST + 1] = '\0';
  ck_assert(!request_is_mount(mount));
}
END_TEST

START_TEST(links_begin_with_the_last_part_of_the_mount)
{
  ck_assert_str_eq(request_last_part("/api/admin/migrate"), "migrate");
  ck_assert_str_eq(request_last_part("/m"), "m");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("admin request");
  TCase *tc = tcase_create("admin request");
  tcase_add_test(tc, each_place_has_its_path);
  tcase_add_loop_test(tc, other_paths_are_none_of_ours, 0, COUNT(strange));
  tcase_add_loop_test(tc, dots_to_climb_by_are_not_followed, 0, COUNT(climbing));
  tcase_add_test(tc, what_is_percent_encoded_is_the_same_path);
  tcase_add_loop_test(tc, an_encoded_slash_or_half_an_escape_is_none_of_ours, 0, COUNT(misencoded));
  tcase_add_test(tc, the_query_begins_behind_the_first_question_mark);
  tcase_add_test(tc, a_target_in_absolute_form_is_taken_by_its_path);
  tcase_add_test(tc, an_authority_is_not_looked_for_within_a_path);
  tcase_add_loop_test(tc, an_endpoint_can_be_at_any_plain_path, 0, COUNT(mounts));
  tcase_add_loop_test(tc, an_endpoint_cannot_be_at_what_is_no_plain_path, 0, COUNT(no_mounts));
  tcase_add_test(tc, a_mount_has_its_longest);
  tcase_add_test(tc, links_begin_with_the_last_part_of_the_mount);
  suite_add_tcase(suite, tc);
  return suite;
}
