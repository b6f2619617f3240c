/* Hashes of a text in the forms in which it may come. */
#include <string.h>

#include "hash.h"
#include "suite.h"

static void expect_same(const char *a, bool a_bom, hash_lines a_lines, const char *b)
{
  hash left = hash_text(a, strlen(a), a_bom, a_lines);
  hash right = hash_bytes(b, strlen(b));
  ck_assert_str_eq(left.hex, right.hex);
}

START_TEST(it_is_sha256_in_lower_case)
{
  hash empty = hash_bytes("", 0);
  hash abc = hash_bytes("abc", 3);
  ck_assert_str_eq(empty.hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  ck_assert_str_eq(abc.hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

START_TEST(line_ends_become_lf)
{
  expect_same("a\r\nb\nc\r\n", false, HASH_LF, "a\nb\nc\n");
  expect_same("a\r\n\r\n", false, HASH_LF, "a\n\n");
  expect_same("a", false, HASH_LF, "a");
}
END_TEST

START_TEST(line_ends_become_crlf)
{
  expect_same("a\r\nb\nc", false, HASH_CRLF, "a\r\nb\r\nc");
  expect_same("\n\n", false, HASH_CRLF, "\r\n\r\n");
}
END_TEST

START_TEST(a_carriage_return_elsewhere_is_text)
{
  expect_same("a\rb\r", false, HASH_LF, "a\rb\r");
  expect_same("a\r\r\n", false, HASH_LF, "a\r\n");
}
END_TEST

START_TEST(a_byte_order_mark_goes_before_the_text)
{
  expect_same("a\n", true, HASH_CRLF,
              "\xef\xbb\xbf"
              "a\r\n");
}
END_TEST

START_TEST(the_text_as_it_is_stays_so)
{
  expect_same("a\r\nb\n", false, HASH_AS_IS, "a\r\nb\n");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("hash");
  TCase *c = tcase_create("hash");
  tcase_add_test(c, it_is_sha256_in_lower_case);
  tcase_add_test(c, line_ends_become_lf);
  tcase_add_test(c, line_ends_become_crlf);
  tcase_add_test(c, a_carriage_return_elsewhere_is_text);
  tcase_add_test(c, a_byte_order_mark_goes_before_the_text);
  tcase_add_test(c, the_text_as_it_is_stays_so);
  suite_add_tcase(suite, c);
  return suite;
}
