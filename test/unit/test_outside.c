/* Files that run without a transaction: which do, what stands in them in the end, and its flags. */
#include <stdlib.h>
#include <string.h>

#include <embark_bundle.h>

#include "alloc.h"
#include "outside.h"
#include "suite.h"

#define DIRECTIVE "-- embark: no-transaction\n"

static source src;
static script cut;
static diag said;

static void tear_down(void)
{
  script_free(&cut);
  source_free(&src);
  diag_free(&said);
}

static void cut_text(const char *sql, bool drizzle)
{
  tear_down();
  src = (source){.path = alloc_string("f.sql", 5), .bytes = alloc_string(sql, strlen(sql))};
  src.size = strlen(sql);
  ck_assert_msg(split(&cut, &src, drizzle, &said) == 0, "%s", text_string(&said.out));
}

/* A letter for each flag, in the order of their bits. */
static void put_flags(text *out, uint32_t flags)
{
  for (size_t i = 0; i < 7; i++) {
    if ((flags & 1u << i) != 0) {
      text_putc(out, "yrcidws"[i]);
    }
  }
}

/* The statements as they will be sent, an implied one in <>, each with its flags and its line. */
static void expect(const char *sql, bool drizzle, const char *want)
{
  text got = {0};
  cut_text(sql, drizzle);
  ck_assert_msg(outside_applies(&cut, drizzle), "%s", sql);
  ck_assert_msg(outside_judge(&cut, &src, drizzle, &said) == 0, "%s", text_string(&said.out));
  for (size_t i = 0; i < cut.count; i++) {
    const statement *st = &cut.statements[i];
    if (st->implied != NULL) {
      text_printf(&got, "<%s>", st->implied);
    } else {
      text_put(&got, src.bytes + st->start, st->end - st->start);
    }
    text_puts(&got, " ");
    put_flags(&got, st->flags);
    text_printf(&got, ":%zu; ", st->line);
  }
  ck_assert_str_eq(text_string(&got), want);
  text_free(&got);
}

static void expect_directive(const char *sql, const char *want)
{
  text whole = {0};
  text_printf(&whole, DIRECTIVE "%s", sql);
  expect(text_string(&whole), false, want);
  text_free(&whole);
}

static void expect_error(const char *sql, bool drizzle, const char *want)
{
  cut_text(sql, drizzle);
  ck_assert_msg(outside_applies(&cut, drizzle), "%s", sql);
  ck_assert_msg(outside_judge(&cut, &src, drizzle, &said) == -1, "%s\nis taken", sql);
  ck_assert_msg(strstr(text_string(&said.out), want) != NULL, "%s", text_string(&said.out));
}

/* --- by directive ----------------------------------------------------------------------------- */

START_TEST(g8_a_file_runs_without_a_transaction_when_it_says_so)
{
  cut_text(DIRECTIVE "select 1;", false);
  ck_assert(outside_applies(&cut, false));
  cut_text("create index concurrently i on t (a);", false);
  ck_assert(!outside_applies(&cut, false));
  cut_text("insert into t values (1); commit; vacuum;", false);
  ck_assert(!outside_applies(&cut, false));
}
END_TEST

START_TEST(g8_begin_and_commit_around_such_a_file_stay)
{
  expect_directive("begin;\ninsert into t values (1);\ncommit;",
                   "begin r:2; insert into t values (1) :3; commit c:4; ");
}
END_TEST

START_TEST(g8_a_commit_is_told_from_what_only_looks_like_one)
{
  expect_directive("begin; commit work;", "begin r:2; commit work c:2; ");
  expect_directive("begin; end and no chain;", "begin r:2; end and no chain c:2; ");
  expect_directive("begin; rollback;", "begin r:2; rollback :2; ");
  expect_directive("begin; abort and no chain;", "begin r:2; abort and no chain :2; ");
  expect_directive("begin; rollback to a; commit;", "begin r:2; rollback to a :2; commit c:2; ");
  expect_directive("commit prepared 'x'", "commit prepared 'x' :2; ");
}
END_TEST

START_TEST(g8_a_begin_in_a_transaction_begins_nothing)
{
  expect_directive("begin; begin; commit;", "begin r:2; begin r:2; commit c:2; ");
  expect_error(DIRECTIVE "begin; begin; commit; commit;", false, "f.sql:2:23: COMMIT has no BEGIN");
}
END_TEST

START_TEST(g9_settings_that_end_with_a_transaction_are_not_made_anew)
{
  expect_directive("set role a; begin; set role b; commit; reset role",
                   "set role a rs:2; begin r:2; set role b r:2; commit c:2; reset role rs:2; ");
}
END_TEST

START_TEST(g8_a_mark_makes_the_next_statement_repeatable_and_no_other)
{
  expect_directive("-- embark: repeatable\n\n-- why\n/* and */ select 1;\nselect 2",
                   "select 1 r:5; select 2 :6; ");
  expect_directive("select 1;\r\n  -- embark: repeatable\r\nselect 2;\r\nselect 3;",
                   "select 1 :2; select 2 r:4; select 3 :5; ");
  expect("-- embark: repeatable\n" DIRECTIVE "select 1", false, "select 1 r:3; ");
  expect_directive("copy t from stdin;\n1\n\\.\n-- embark: repeatable\ncopy t from stdin;\n",
                   "copy t from stdin :2; copy t from stdin r:6; ");
}
END_TEST

START_TEST(g8_an_index_is_taken_up_in_its_own_way_whatever_is_said)
{
  expect_directive("-- embark: repeatable\ncreate index concurrently if not exists i on t (a)",
                   "create index concurrently if not exists i on t (a) iw:3; ");
  expect_directive(
      "-- embark: repeatable\ncreate index concurrently if not exists U&\"i\" on t (a)",
      "create index concurrently if not exists U&\"i\" on t (a) rw:3; ");
  expect_directive("-- embark: repeatable\ndrop index concurrently i",
                   "drop index concurrently i rdw:3; ");
}
END_TEST

static const struct {
  const char *sql;
  const char *error;
} errors[] = {
    {"begin; vacuum; commit",                    "2:8: VACUUM cannot run inside"            },
    {"begin; drop index concurrently i; commit", "2:19: DROP INDEX CONCURRENTLY cannot run" },
    {"begin; discard all; commit",               "2:8: DISCARD ALL cannot run inside"       },
    {"begin; commit prepared 'x'; commit",       "2:8: COMMIT PREPARED cannot run inside"   },
    {"begin; select 1; commit; begin; select 2", "2:26: BEGIN has no end"                   },
    {"begin read only",                          "2:1: BEGIN has no end"                    },
    {"end",                                      "2:1: END has no BEGIN"                    },
    {"abort",                                    "2:1: ABORT has no BEGIN"                  },
    {"begin; abort; rollback",                   "2:15: ROLLBACK has no BEGIN"              },
    {"begin; commit transaction and chain",      "2:8: COMMIT AND CHAIN cannot be in"       },
    {"begin; abort and chain",                   "2:8: ROLLBACK AND CHAIN cannot be in"     },
    {"begin; prepare transaction 'x'",           "2:8: PREPARE TRANSACTION cannot be in"    },
    {"copy t to stdout",                         "2:1: COPY TO stdout has no one to read it"},
};

START_TEST(g8_what_could_not_be_taken_up_is_refused_with_its_place)
{
  text sql = {0};
  text_printf(&sql, DIRECTIVE "%s", errors[_i].sql);
  expect_error(text_string(&sql), false, errors[_i].error);
  text_free(&sql);
}
END_TEST

/* --- Drizzle ---------------------------------------------------------------------------------- */

START_TEST(g8_a_commit_without_a_begin_leaves_drizzles_transaction)
{
  cut_text("create table t (a int); commit; vacuum;", true);
  ck_assert(outside_applies(&cut, true));
  cut_text("begin; create table t (a int); commit; vacuum;", true);
  ck_assert(!outside_applies(&cut, true));
  cut_text("rollback; commit;", true);
  ck_assert(!outside_applies(&cut, true));
  cut_text("vacuum;", true);
  ck_assert(!outside_applies(&cut, true));
}
END_TEST

/* clang-format off */
static const struct {
  const char *sql;
  const char *statements;
} idioms[] = {
  {"COMMIT;--> statement-breakpoint\nVACUUM;--> statement-breakpoint\nBEGIN;", "VACUUM r:2; "},
  {"COMMIT;--> statement-breakpoint\nVACUUM", "VACUUM r:2; "},
  {"select 1;\nCOMMIT;\nVACUUM;\nBEGIN;\nselect\n2;\n",
   "<BEGIN> r:1; select 1 :1; COMMIT c:2; VACUUM r:3; BEGIN r:4; select\n2 :5; <COMMIT> c:5; "},
  {"commit;\nbegin;\nselect 1;\nend;\nvacuum;", "begin r:2; select 1 :3; end c:4; vacuum r:5; "},
  {"commit; vacuum; commit; vacuum; rollback; begin; begin",
   "vacuum r:1; commit r:1; vacuum r:1; rollback r:1; begin r:1; begin r:1; <COMMIT> c:1; "},
  {"select 1; commit; begin; commit; begin read only",
   "<BEGIN> r:1; select 1 :1; commit c:1; begin r:1; commit c:1; "},
  {"set role a; commit; set role b",
   "<BEGIN> r:1; set role a r:1; commit c:1; set role b rs:1; "},
  {"commit; begin;", ""},
  {"commit", ""},
  {DIRECTIVE "select 1; commit; vacuum; begin;",
   "<BEGIN> r:1; select 1 :2; commit c:2; vacuum r:2; "},
};
/* clang-format on */

START_TEST(g8_what_drizzles_transaction_would_have_done_is_implied)
{
  expect(idioms[_i].sql, true, idioms[_i].statements);
}
END_TEST

START_TEST(g8_the_directive_alone_implies_nothing)
{
  expect(DIRECTIVE "vacuum; begin; select 1; commit;", true,
         "vacuum r:2; begin r:2; select 1 :2; commit c:2; ");
  expect_error(DIRECTIVE "vacuum; begin; select 1", true, "BEGIN has no end");
}
END_TEST

START_TEST(g8_drizzles_transaction_cannot_hold_what_runs_in_none)
{
  expect_error("vacuum; commit;", true, "HINT:  Put it behind the file's COMMIT.\n");
  expect_error("commit; begin; vacuum", true, "HINT:  Put it before the BEGIN of line 1,");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("outside");
  TCase *c = tcase_create("directive");
  tcase_add_checked_fixture(c, NULL, tear_down);
  tcase_add_test(c, g8_a_file_runs_without_a_transaction_when_it_says_so);
  tcase_add_test(c, g8_begin_and_commit_around_such_a_file_stay);
  tcase_add_test(c, g8_a_commit_is_told_from_what_only_looks_like_one);
  tcase_add_test(c, g8_a_begin_in_a_transaction_begins_nothing);
  tcase_add_test(c, g9_settings_that_end_with_a_transaction_are_not_made_anew);
  tcase_add_test(c, g8_a_mark_makes_the_next_statement_repeatable_and_no_other);
  tcase_add_test(c, g8_an_index_is_taken_up_in_its_own_way_whatever_is_said);
  tcase_add_loop_test(c, g8_what_could_not_be_taken_up_is_refused_with_its_place, 0,
                      (int)(sizeof errors / sizeof errors[0]));
  suite_add_tcase(suite, c);
  TCase *drizzle = tcase_create("Drizzle");
  tcase_add_checked_fixture(drizzle, NULL, tear_down);
  tcase_add_test(drizzle, g8_a_commit_without_a_begin_leaves_drizzles_transaction);
  tcase_add_loop_test(drizzle, g8_what_drizzles_transaction_would_have_done_is_implied, 0,
                      (int)(sizeof idioms / sizeof idioms[0]));
  tcase_add_test(drizzle, g8_the_directive_alone_implies_nothing);
  tcase_add_test(drizzle, g8_drizzles_transaction_cannot_hold_what_runs_in_none);
  suite_add_tcase(suite, drizzle);
  return suite;
}
