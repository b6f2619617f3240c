/* POST to the admin endpoint: what is pending is applied, or it is said why not. */
#include <string.h>

#include "ask.h"
#include "keep.h"
#include "suite.h"

static made_bundle *two(void)
{
  return bundle_native("0000_a", "create table a ();\n", "0001_b",
                       "create table b ();\ncreate table c ();\n", NULL);
}

START_TEST(a_post_applies_what_is_pending)
{
  json_t *json = ask_expect(two(), "", 200, 0).json;
  db_expect_tables("a b c");
  ck_assert_str_eq(ask_each(json, "applied", "tag"), "0000_a 0001_b");
  ck_assert_str_eq(ask_each(json, "applied", "statements"), "1 2");
  ask_expect_value(json, "command", "migrate");
  ask_expect_value(json, "total", "2");
  ask_expect_value(json, "already", "0");
  ask_expect_released();
}
END_TEST

Suite *test_suite(void)
{
  return ask_suite("admin_apply", a_post_applies_what_is_pending, NULL);
}
