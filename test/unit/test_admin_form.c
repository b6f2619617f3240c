/* Forms of the admin endpoint: how they are written, and what they may say. */
#include <stdlib.h>
#include <string.h>

#include "bundle_make.h"
#include "fields.h"
#include "form.h"
#include "suite.h"

#define COUNT(list) (int)(sizeof(list) / sizeof(list)[0])

static form f;

static void forget(void)
{
  form_free(&f);
}

static form_result add(const char *bytes)
{
  return form_add(&f, bytes, strlen(bytes));
}

static void expect_field(size_t index, const char *name, const char *value)
{
  ck_assert_uint_lt(index, f.count);
  ck_assert_str_eq(f.fields[index].name, name);
  ck_assert_str_eq(f.fields[index].value, value);
}

START_TEST(names_and_values_are_decoded)
{
  ck_assert_int_eq(add("a=1&b%20c=d+e%2Bf&%C3%A4=%26%3d&last="), FORM_OK);
  ck_assert_uint_eq(f.count, 4);
  expect_field(0, "a", "1");
  expect_field(1, "b c", "d e+f");
  expect_field(2, "\xc3\xa4", "&=");
  expect_field(3, "last", "");
}
END_TEST

START_TEST(a_field_without_a_value_has_an_empty_one)
{
  ck_assert_int_eq(add("dry-run&=x"), FORM_OK);
  expect_field(0, "dry-run", "");
  expect_field(1, "", "x");
}
END_TEST

START_TEST(what_follows_the_first_equals_sign_is_the_value)
{
  ck_assert_int_eq(add("a=b=c"), FORM_OK);
  expect_field(0, "a", "b=c");
}
END_TEST

START_TEST(nothing_between_two_ampersands_is_no_field)
{
  ck_assert_int_eq(add(""), FORM_OK);
  ck_assert_int_eq(add("&&a=1&&"), FORM_OK);
  ck_assert_uint_eq(f.count, 1);
}
END_TEST

START_TEST(what_is_added_later_stands_behind)
{
  ck_assert_int_eq(add("a=1"), FORM_OK);
  ck_assert_int_eq(add("a=2"), FORM_OK);
  expect_field(1, "a", "2");
  ck_assert_str_eq(form_value(&f, "a"), "1");
  ck_assert_ptr_null(form_value(&f, "b"));
}
END_TEST

START_TEST(there_may_be_many_fields)
{
  for (int i = 0; i < 1000; i++) {
    ck_assert_int_eq(add("approve=x&y"), FORM_OK);
  }
  ck_assert_uint_eq(f.count, 2000);
  expect_field(1999, "y", "");
}
END_TEST

static const char *const malformed[] = {
    "%",
    "a=%",
    "a=%4",
    "a=%4&b",
    "%zz=1",
    "a=%-1",
    "a=%00",
    "%00",
    "a=\xff",
    "a=%FF",
    "a=%C3",
    "a=\xc0\xaf",
    "a=%ED%A0%80",
    "a=%F5%80%80%80",
    "b=1&a=%E2%82",
    "a=%E2%82&b=%AC",
};

START_TEST(a_malformed_form_is_told)
{
  ck_assert_msg(add(malformed[_i]) == FORM_BAD, "%s", malformed[_i]);
}
END_TEST

START_TEST(a_raw_nul_is_malformed)
{
  ck_assert_int_eq(form_add(&f, "a=\0b", 4), FORM_BAD);
}
END_TEST

/* --- what they may say ------------------------------------------------------------------------ */

static const struct {
  const char *form;
  fields_of which;
  const char *fault;
} faults[] = {
    {"",                     FIELDS_NONE,  NULL                                     },
    {"tag=x",                FIELDS_NONE,  "there is a field that is not known here"},
    {"_=1",                  FIELDS_NONE,  "there is a field that is not known here"},
    {"tag=x",                FIELDS_SQL,   NULL                                     },
    {"",                     FIELDS_SQL,   "a tag is needed"                        },
    {"tag=x&tag=x",          FIELDS_SQL,   "a field is there twice"                 },
    {"tag=x&dry-run",        FIELDS_SQL,   "there is a field that is not known here"},
    {"",                     FIELDS_APPLY, NULL                                     },
    {"dry-run",              FIELDS_APPLY, NULL                                     },
    {"dry-run=1",            FIELDS_APPLY, NULL                                     },
    {"dry-run=true",         FIELDS_APPLY, NULL                                     },
    {"dry-run=0",            FIELDS_APPLY, NULL                                     },
    {"dry-run=false",        FIELDS_APPLY, NULL                                     },
    {"dry-run=no",           FIELDS_APPLY, "dry-run is 1 or 0"                      },
    {"dry-run=TRUE",         FIELDS_APPLY, "dry-run is 1 or 0"                      },
    {"dry-run&dry-run",      FIELDS_APPLY, "a field is there twice"                 },
    {"dry_run=1",            FIELDS_APPLY, "there is a field that is not known here"},
    {"Dry-Run=1",            FIELDS_APPLY, "there is a field that is not known here"},
    {"approve=a&approve=b",  FIELDS_APPLY, NULL                                     },
    {"approve=a&approved=b", FIELDS_APPLY, "there is a field that is not known here"},
    {"tag=x",                FIELDS_APPLY, "there is a field that is not known here"},
    {"=x",                   FIELDS_APPLY, "there is a field that is not known here"},
};

START_TEST(a_form_says_what_is_known_there_and_nothing_else)
{
  ck_assert_int_eq(add(faults[_i].form), FORM_OK);
  ck_assert_pstr_eq(fields_fault(&f, faults[_i].which), faults[_i].fault);
}
END_TEST

static bool is_dry_run(const char *text)
{
  form_free(&f);
  ck_assert_int_eq(add(text), FORM_OK);
  return fields_dry_run(&f);
}

START_TEST(a_dry_run_is_said_by_its_name_alone_or_with_a_yes)
{
  ck_assert(is_dry_run("dry-run"));
  ck_assert(is_dry_run("dry-run="));
  ck_assert(is_dry_run("dry-run=1"));
  ck_assert(is_dry_run("approve=x&dry-run=true"));
  ck_assert(!is_dry_run(""));
  ck_assert(!is_dry_run("dry-run=0"));
  ck_assert(!is_dry_run("dry-run=false"));
}
END_TEST

static const char *const slip = "a tag to be approved is none of this program's";

START_TEST(a_tag_that_the_program_does_not_have_is_no_approval)
{
  made_bundle *made = bundle_native("0000_a", "select 1;", "0001_b", "select 2;", NULL);
  ck_assert_int_eq(add("approve=0001_b&approve=0000_a"), FORM_OK);
  ck_assert_ptr_null(fields_unknown_approval(&f, &made->bundle));
  ck_assert_int_eq(add("approve=0001"), FORM_OK);
  ck_assert_pstr_eq(fields_unknown_approval(&f, &made->bundle), slip);
}
END_TEST

START_TEST(an_empty_tag_is_no_approval)
{
  made_bundle *made = bundle_native("0000_a", "select 1;", NULL);
  ck_assert_int_eq(add("approve="), FORM_OK);
  ck_assert_pstr_eq(fields_unknown_approval(&f, &made->bundle), slip);
}
END_TEST

START_TEST(a_bundle_of_another_format_is_not_read)
{
  embark_bundle other = {.format = EMBARK_BUNDLE_FORMAT + 1, .migration_count = UINT32_MAX};
  ck_assert_int_eq(add("approve=x"), FORM_OK);
  ck_assert_ptr_null(fields_unknown_approval(&f, &other));
}
END_TEST

START_TEST(approvals_are_added_to_the_hosts_own)
{
  static const char *const before[] = {"h", NULL};
  ck_assert_int_eq(add("dry-run&approve=a&approve=b"), FORM_OK);
  const char **all = fields_approved(&f, before);
  ck_assert_str_eq(all[0], "h");
  ck_assert_str_eq(all[1], "a");
  ck_assert_str_eq(all[2], "b");
  ck_assert_ptr_null(all[3]);
  free(all);
}
END_TEST

START_TEST(without_approvals_the_list_is_empty)
{
  const char **all = fields_approved(&f, NULL);
  ck_assert_ptr_nonnull(all);
  ck_assert_ptr_null(all[0]);
  free(all);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("admin form");
  TCase *tc = tcase_create("admin form");
  tcase_add_checked_fixture(tc, NULL, forget);
  tcase_add_test(tc, names_and_values_are_decoded);
  tcase_add_test(tc, a_field_without_a_value_has_an_empty_one);
  tcase_add_test(tc, what_follows_the_first_equals_sign_is_the_value);
  tcase_add_test(tc, nothing_between_two_ampersands_is_no_field);
  tcase_add_test(tc, what_is_added_later_stands_behind);
  tcase_add_test(tc, there_may_be_many_fields);
  tcase_add_loop_test(tc, a_malformed_form_is_told, 0, COUNT(malformed));
  tcase_add_test(tc, a_raw_nul_is_malformed);
  tcase_add_loop_test(tc, a_form_says_what_is_known_there_and_nothing_else, 0, COUNT(faults));
  tcase_add_test(tc, a_dry_run_is_said_by_its_name_alone_or_with_a_yes);
  tcase_add_test(tc, a_tag_that_the_program_does_not_have_is_no_approval);
  tcase_add_test(tc, an_empty_tag_is_no_approval);
  tcase_add_test(tc, a_bundle_of_another_format_is_not_read);
  tcase_add_test(tc, approvals_are_added_to_the_hosts_own);
  tcase_add_test(tc, without_approvals_the_list_is_empty);
  suite_add_tcase(suite, tc);
  return suite;
}
