/* What is read from words alone: kinds of statements, directives, times in names, UTF-8. */
#include <string.h>

#include "directive.h"
#include "split.h"
#include "suite.h"
#include "utf8.h"
#include "when.h"

/* --- statements ------------------------------------------------------------------------------- */

static statement_kind kind_of(const char *sql)
{
  lexer lx = {.text = sql, .size = strlen(sql), .std_strings = true};
  head h = {.sql = sql};
  size_t depth = 0;
  for (token t = lex_next(&lx); t.kind != TOKEN_END; t = lex_next(&lx)) {
    depth -= token_is(sql, t, ")");
    head_add(&h, t, depth);
    depth += token_is(sql, t, "(");
  }
  return statement_classify(&h).kind;
}

static const struct {
  const char *sql;
  statement_kind kind;
} kinds[] = {
    {"select 1",                                                        STATEMENT_PLAIN         },
    {"savepoint a",                                                     STATEMENT_PLAIN         },
    {"release savepoint a",                                             STATEMENT_PLAIN         },
    {"rollback to a",                                                   STATEMENT_PLAIN         },
    {"rollback work to savepoint a",                                    STATEMENT_PLAIN         },
    {"rollback",                                                        STATEMENT_ROLLBACK      },
    {"rollback work and no chain",                                      STATEMENT_ROLLBACK      },
    {"rollback and chain",                                              STATEMENT_CHAIN         },
    {"rollback prepared 'a'",                                           STATEMENT_NO_TRANSACTION},
    {"rollback gently",                                                 STATEMENT_TRANSACTION   },
    {"abort",                                                           STATEMENT_ROLLBACK      },
    {"abort transaction and chain",                                     STATEMENT_CHAIN         },
    {"commit prepared 'a'",                                             STATEMENT_NO_TRANSACTION},
    {"prepare transaction 'a'",                                         STATEMENT_PREPARE       },
    {"prepare p as select 1",                                           STATEMENT_PLAIN         },
    {"BEGIN",                                                           STATEMENT_BEGIN         },
    {"begin work",                                                      STATEMENT_BEGIN         },
    {"begin /* c */ transaction",                                       STATEMENT_BEGIN         },
    {"start transaction",                                               STATEMENT_BEGIN         },
    {"begin read only",                                                 STATEMENT_BEGIN_OPTIONS },
    {"begin isolation level serializable",                              STATEMENT_BEGIN_OPTIONS },
    {"start transaction deferrable",                                    STATEMENT_BEGIN_OPTIONS },
    {"commit",                                                          STATEMENT_COMMIT        },
    {"end transaction",                                                 STATEMENT_COMMIT        },
    {"commit and chain",                                                STATEMENT_CHAIN         },
    {"end work and chain",                                              STATEMENT_CHAIN         },
    {"commit and no chain",                                             STATEMENT_COMMIT        },
    {"commit please",                                                   STATEMENT_TRANSACTION   },
    {"copy t from stdin",                                               STATEMENT_COPY_IN       },
    {"copy \"T\".\"from\" (a, \"to\", b) from stdin with (format csv)", STATEMENT_COPY_IN       },
    {"copy binary t from stdin",                                        STATEMENT_COPY_IN       },
    {"copy t to stdout",                                                STATEMENT_COPY_OUT      },
    {"copy (select a from b) to stdout",                                STATEMENT_COPY_OUT      },
    {"copy t from '/f'",                                                STATEMENT_PLAIN         },
    {"create index concurrently on t (a)",                              STATEMENT_CONCURRENTLY  },
    {"create index concurrently_i on t (a)",                            STATEMENT_PLAIN         },
    {"create index \"concurrently\" on t (a)",                          STATEMENT_PLAIN         },
    {"refresh materialized view concurrently v",                        STATEMENT_PLAIN         },
    {"reindex table t",                                                 STATEMENT_PLAIN         },
    {"reindex (tablespace x, concurrently on) index i",                 STATEMENT_CONCURRENTLY  },
    {"reindex (concurrently off) index i",                              STATEMENT_PLAIN         },
    {"reindex (concurrently off) schema s",                             STATEMENT_NO_TRANSACTION},
    {"reindex system d",                                                STATEMENT_NO_TRANSACTION},
    {"alter table t detach partition p",                                STATEMENT_PLAIN         },
    {"alter table t detach partition p concurrently",                   STATEMENT_CONCURRENTLY  },
    {"vacuum",                                                          STATEMENT_NO_TRANSACTION},
    {"\"vacuum\"",                                                      STATEMENT_PLAIN         },
    {"cluster",                                                         STATEMENT_NO_TRANSACTION},
    {"cluster verbose",                                                 STATEMENT_NO_TRANSACTION},
    {"cluster verbose t",                                               STATEMENT_PLAIN         },
    {"drop subscription if exists s",                                   STATEMENT_NO_TRANSACTION},
    {"alter subscription s add publication p",                          STATEMENT_NO_TRANSACTION},
    {"alter subscription s set publication p with (refresh = off)",     STATEMENT_PLAIN         },
    {"alter subscription s disable",                                    STATEMENT_PLAIN         },
    {"alter database d set tablespace t",                               STATEMENT_NO_TRANSACTION},
    {"alter database d set search_path = tablespace",                   STATEMENT_PLAIN         },
    {"create table database (a int)",                                   STATEMENT_PLAIN         },
};

START_TEST(statements_are_told_apart)
{
  ck_assert_msg(kind_of(kinds[_i].sql) == kinds[_i].kind, "%s", kinds[_i].sql);
}
END_TEST

/* --- durations -------------------------------------------------------------------------------- */

START_TEST(durations_have_a_unit)
{
  static const struct {
    const char *value;
    int64_t ms;
  } cases[] = {
      {"250ms",        250       },
      {"5s",           5000      },
      {"10min",        600000    },
      {"1h",           3600000   },
      {"0",            -1        },
      {"none",         -1        },
      {"0s",           -1        },
      {"2147483647ms", 2147483647},
      {"596h",         2145600000},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    int64_t ms = 0;
    ck_assert_int_eq(directive_duration(&ms, cases[i].value, strlen(cases[i].value)), 0);
    ck_assert_int_eq(ms, cases[i].ms);
  }
}
END_TEST

START_TEST(other_durations_are_refused)
{
  static const char *const cases[] = {"",
                                      "5",
                                      "s",
                                      "5 s",
                                      "5sec",
                                      "-1s",
                                      "1d",
                                      "1.5s",
                                      "597h",
                                      "2147483648ms",
                                      "99999999999999999999s"};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    int64_t ms = 7;
    ck_assert_msg(directive_duration(&ms, cases[i], strlen(cases[i])) == -1, "%s", cases[i]);
    ck_assert_int_eq(ms, 7);
  }
}
END_TEST

/* --- times ------------------------------------------------------------------------------------ */

START_TEST(times_are_read_from_digits)
{
  static const struct {
    const char *digits;
    int64_t ms;
  } cases[] = {
      {"19700101000001",  1000                    },
      {"20240229120000",  INT64_C(1709208000000)  },
      {"20231231235959",  INT64_C(1704067199000)  },
      {"00010101000000",  INT64_C(-62135596800000)},
      {"99991231235959",  INT64_C(253402300799000)},
      {"1700000000",      INT64_C(1700000000000)  },
      {"1700000000123",   INT64_C(1700000000123)  },
      {"20230229000000",  0                       },
      {"20231301000000",  0                       },
      {"20230100000000",  0                       },
      {"20230101240000",  0                       },
      {"20230101006000",  0                       },
      {"20230101000060",  0                       },
      {"0001",            0                       },
      {"20240101",        0                       },
      {"123456789012345", 0                       },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    int64_t ms = when_from_digits(cases[i].digits, strlen(cases[i].digits));
    ck_assert_msg(ms == cases[i].ms, "%s is %lld", cases[i].digits, (long long)ms);
  }
}
END_TEST

START_TEST(times_are_printed)
{
  static const struct {
    int64_t ms;
    const char *text;
  } cases[] = {
      {0,                        "-"                   },
      {999,                      "1970-01-01T00:00:00Z"},
      {INT64_C(951825599999),    "2000-02-29T11:59:59Z"},
      {INT64_C(1704067199000),   "2023-12-31T23:59:59Z"},
      {INT64_C(253402300799000), "9999-12-31T23:59:59Z"},
      {INT64_MAX,                "-"                   },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    char got[WHEN_SIZE];
    when_format(got, cases[i].ms);
    ck_assert_str_eq(got, cases[i].text);
  }
}
END_TEST

/* --- UTF-8 ------------------------------------------------------------------------------------ */

START_TEST(invalid_utf8_is_found)
{
  static const struct {
    const char *bytes;
    size_t valid;
  } cases[] = {
      {"abc",              3},
      {"\xc3\xa4",         2},
      {"\xe2\x82\xac",     3},
      {"\xf0\x9f\x98\x80", 4},
      {"a\x80",            1},
      {"\xc0\x80",         0},
      {"\xc3",             0},
      {"\xe0\x80\x80",     0},
      {"\xed\xa0\x80",     0},
      {"\xf4\x90\x80\x80", 0},
      {"a\xff",            1},
      {"\xf0\x80\x80\x80", 0},
      {"\xe2\x82",         0},
      {"\xf8\x88\x80\x80", 0},
      {"\xef\xbb\xbf",     3},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    ck_assert_uint_eq(utf8_check(cases[i].bytes, strlen(cases[i].bytes)), cases[i].valid);
  }
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("bundler words");
  TCase *c = tcase_create("bundler words");
  tcase_add_loop_test(c, statements_are_told_apart, 0, (int)(sizeof kinds / sizeof kinds[0]));
  tcase_add_test(c, durations_have_a_unit);
  tcase_add_test(c, other_durations_are_refused);
  tcase_add_test(c, times_are_read_from_digits);
  tcase_add_test(c, times_are_printed);
  tcase_add_test(c, invalid_utf8_is_found);
  suite_add_tcase(suite, c);
  return suite;
}
