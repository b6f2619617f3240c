/* Roles with their secrets, and what goes with them. */
#include "linted.h"
#include "suite.h"

static void expect(const char *rules, const char *before, const char *sql)
{
  expect_rules(&rules_role, &(lint_case){before, sql, rules});
}

START_TEST(a_password_in_clear_is_told)
{
  expect("password-in-clear", NULL, "create role r login password 'x';");
  expect("password-in-clear", NULL, "create user r with encrypted password 'md5x';");
  expect("password-in-clear", NULL, "alter role r password 'x';");
  expect(
      "password-in-clear", NULL,
      "do $$ begin create role r password 'x'; exception when duplicate_object then null; end $$;");
  expect("password-in-clear", NULL,
         "create user mapping for r server s options (user 'a', password 'b');");
  expect("password-in-clear", NULL,
         "-- embark: no-transaction\ncreate subscription s connection 'host=h password=x' "
         "publication p;");
}
END_TEST

START_TEST(a_hash_or_none_is_fine)
{
  expect("", NULL, "create role r password 'SCRAM-SHA-256$4096:c2FsdA==$a2V5:a2V5';");
  expect("", NULL, "create role r password 'md50123456789abcdef0123456789abcdef';");
  expect("", NULL, "create role r login; alter role r password null; alter role r nologin;");
  expect("", NULL, "create user mapping for r server s options (user 'a');");
}
END_TEST

START_TEST(what_goes_for_good_is_told)
{
  expect("drop-role", NULL, "drop role r, q;");
  expect("drop-role", NULL, "drop user if exists r;");
  expect("drop-owned", NULL, "drop owned by r cascade;");
  expect("drop-owned", NULL, "drop owned by current_user;");
  expect("drop-database", NULL, "-- embark: no-transaction\ndrop database if exists d;");
  expect("", NULL, "reassign owned by r to q;");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_role");
  TCase *tests = tcase_create("rules_role");
  tcase_add_test(tests, a_password_in_clear_is_told);
  tcase_add_test(tests, a_hash_or_none_is_fine);
  tcase_add_test(tests, what_goes_for_good_is_told);
  suite_add_tcase(suite, tests);
  return suite;
}
