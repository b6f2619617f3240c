/* What a statement says by itself of how an interrupted run goes on. In doubt it says nothing. */
#include <string.h>

#include <embark_bundle.h>

#include "recovery.h"
#include "suite.h"

#define REPEAT  EMBARK_STATEMENT_REPEAT
#define INDEX   EMBARK_STATEMENT_INDEX
#define DROP    EMBARK_STATEMENT_DROP
#define WAITS   EMBARK_STATEMENT_WAITS
#define SESSION EMBARK_STATEMENT_SESSION

static text names;

static void tear_down(void)
{
  text_free(&names);
}

static uint32_t flags_of(const char *sql)
{
  lexer lx = {.text = sql, .size = strlen(sql), .std_strings = true};
  head h = {.sql = sql};
  size_t depth = 0;
  for (token t = lex_next(&lx); t.kind != TOKEN_END; t = lex_next(&lx)) {
    depth -= token_is(sql, t, ")");
    if (t.kind != TOKEN_COMMENT) {
      head_add(&h, t, depth);
    }
    depth += token_is(sql, t, "(");
  }
  text_free(&names);
  return recovery_flags(&h, statement_classify(&h).kind, &names);
}

typedef struct flags_case {
  const char *sql;
  uint32_t flags;
} flags_case;

static const flags_case harmless[] = {
    {"begin",                                                            REPEAT        },
    {"begin isolation level serializable",                               REPEAT        },
    {"start transaction read only",                                      REPEAT        },
    {"vacuum (full) t",                                                  REPEAT        },
    {"analyze",                                                          REPEAT        },
    {"analyse t",                                                        REPEAT        },
    {"reindex table t",                                                  REPEAT        },
    {"reindex (concurrently off) schema s",                              REPEAT        },
    {"cluster t using i",                                                REPEAT        },
    {"checkpoint",                                                       REPEAT        },
    {"alter system reset all",                                           REPEAT        },
    {"show all",                                                         REPEAT        },
    {"discard plans",                                                    REPEAT        },
    {"refresh materialized view concurrently v",                         REPEAT        },
    {"comment on table t is 'x'",                                        REPEAT        },
    {"grant select on t to r",                                           REPEAT        },
    {"revoke all on t from r",                                           REPEAT        },
    {"create or replace view v as select 1",                             REPEAT        },
    {"create table if not exists t (a int)",                             REPEAT        },
    {"create unlogged table if not exists t as select 1",                REPEAT        },
    {"create local temporary table if not exists t (a int)",             REPEAT        },
    {"create temp sequence if not exists s",                             REPEAT        },
    {"create unique index if not exists i on t (a)",                     REPEAT        },
    {"create schema if not exists s",                                    REPEAT        },
    {"create extension if not exists citext",                            REPEAT        },
    {"create materialized view if not exists v as select 1",             REPEAT        },
    {"create foreign table if not exists t (a int) server s",            REPEAT        },
    {"create user mapping if not exists for r server s",                 REPEAT        },
    {"drop table if exists s.t, u cascade",                              REPEAT        },
    {"drop index if exists i",                                           REPEAT        },
    {"drop materialized view if exists v",                               REPEAT        },
    {"drop foreign data wrapper if exists w",                            REPEAT        },
    {"drop operator family if exists f using btree",                     REPEAT        },
    {"drop text search parser if exists p",                              REPEAT        },
    {"drop function if exists f(int)",                                   REPEAT        },
    {"drop trigger if exists g on t",                                    REPEAT        },
    {"alter type s.mood add value if not exists 'calm'",                 REPEAT        },
    {"alter table t validate constraint c",                              REPEAT        },
    {"alter table if exists only \"S\" . t validate constraint \"c d\"", REPEAT        },
    {"drop index concurrently if exists i, j",                           REPEAT | WAITS},
    {"reindex index concurrently i",                                     REPEAT | WAITS},
    {"reindex (concurrently) table t",                                   REPEAT | WAITS},
    {"reindex schema concurrently s",                                    REPEAT | WAITS},
    {"reindex (verbose) database concurrently d",                        REPEAT | WAITS},
    {"reindex (concurrently) system d",                                  REPEAT | WAITS},
};

START_TEST(g8_what_is_harmless_twice_may_be_repeated)
{
  ck_assert_msg(flags_of(harmless[_i].sql) == harmless[_i].flags, "%s", harmless[_i].sql);
}
END_TEST

static const flags_case others[] = {
    {"select 1",                                                            0    },
    {"insert into t values (1) on conflict do nothing",                     0    },
    {"update t set a = 1",                                                  0    },
    {"delete from t",                                                       0    },
    {"call p()",                                                            0    },
    {"do $$ begin end $$",                                                  0    },
    {"truncate t",                                                          0    },
    {"explain analyze delete from t",                                       0    },
    {"commit",                                                              0    },
    {"rollback",                                                            0    },
    {"commit prepared 'x'",                                                 0    },
    {"create table t (a int)",                                              0    },
    {"create table t (a text default 'if not exists')",                     0    },
    {"create table \"if\" (not_exists int)",                                0    },
    {"create table t as select * from u where if not exists (select 1)",    0    },
    {"create index i on t (a)",                                             0    },
    {"create database d",                                                   0    },
    {"drop table t",                                                        0    },
    {"drop owned by r",                                                     0    },
    {"alter table t add column if not exists a int",                        0    },
    {"alter table t drop constraint if exists c",                           0    },
    {"alter table t validate constraint c, validate constraint d",          0    },
    {"alter table t add constraint c check (a > 0), validate constraint d", 0    },
    {"alter table t detach partition p finalize",                           0    },
    {"alter type mood add value 'calm'",                                    0    },
    {"alter type mood rename value 'a' to 'b'",                             0    },
    {"alter database d set tablespace x",                                   0    },
    {"alter table t detach partition p concurrently",                       WAITS},
};

START_TEST(g8_anything_else_is_not_repeated)
{
  ck_assert_msg(flags_of(others[_i].sql) == others[_i].flags, "%s", others[_i].sql);
}
END_TEST

static const flags_case settings[] = {
    {"set search_path = a",                                  REPEAT | SESSION},
    {"SET TIME ZONE LOCAL",                                  REPEAT | SESSION},
    {"set session lock_timeout to '5s'",                     REPEAT | SESSION},
    {"set session characteristics as transaction read only", REPEAT | SESSION},
    {"set session authorization r",                          REPEAT | SESSION},
    {"set role r",                                           REPEAT | SESSION},
    {"reset role",                                           REPEAT | SESSION},
    {"reset all",                                            REPEAT | SESSION},
    {"discard all",                                          REPEAT | SESSION},
    {"discard temp",                                         REPEAT          },
    {"set local role r",                                     REPEAT          },
    {"set transaction read only",                            REPEAT          },
    {"set constraints all deferred",                         REPEAT          },
    {"select set_config('role', 'r', false)",                0               },
    {"alter role r set search_path = a",                     0               },
};

START_TEST(g9_settings_of_the_session_are_told_from_those_of_a_transaction)
{
  ck_assert_msg(flags_of(settings[_i].sql) == settings[_i].flags, "%s", settings[_i].sql);
}
END_TEST

/* Names with their NULs, which stand as | here. */
/* clang-format off */
static const struct {
  const char *sql;
  uint32_t flags;
  const char *names;
} named[] = {
  {"create index concurrently i on t (a)", INDEX, "t|i|"},
  {"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS I ON ONLY S.T USING gin (a)", INDEX, "S.T|I|"},
  {"create index concurrently \"a b\" on \"S\" . /* c */ \"x\"\"y\" -- d\n . t(a)", INDEX,
   "\"S\".\"x\"\"y\".t|\"a b\"|"},
  {"create index concurrently \"on\" on \"only\" (a)", INDEX, "\"only\"|\"on\"|"},
  {"create index concurrently if on t (a)", INDEX, "t|if|"},
  {"create index concurrently \xc3\xa4$1 on t", INDEX, "t|\xc3\xa4$1|"},
  {"create index concurrently on t (a)", 0, ""},
  {"create index concurrently i on only (t) (a)", 0, ""},
  {"create index concurrently U&\"d\\0061t\" on t (a)", 0, ""},
  {"create index concurrently i on u&\"d\\0061t\" (a)", 0, ""},
  {"create index concurrently i on s.u&\"t\" (a)", 0, ""},
  {"create index concurrently s.i on t (a)", 0, ""},
  {"create index concurrently i on s. (a)", 0, ""},
  {"create index concurrently i", 0, ""},
  {"drop index concurrently i", DROP, "i|"},
  {"drop index concurrently \"S\" . i restrict", DROP, "\"S\".i|"},
  {"drop index concurrently if exists s.i", DROP | REPEAT, "s.i|"},
  {"drop index concurrently if", DROP, "if|"},
  {"drop index concurrently i, j", 0, ""},
  {"drop index concurrently i cascade", 0, ""},
  {"drop index concurrently u&\"i\"", 0, ""},
  {"drop index concurrently", 0, ""},
};
/* clang-format on */

START_TEST(g8_names_of_indexes_are_cut_out_or_left_alone)
{
  ck_assert_msg(flags_of(named[_i].sql) == (named[_i].flags | WAITS), "%s", named[_i].sql);
  for (size_t i = 0; i < names.size; i++) {
    names.bytes[i] = names.bytes[i] == '\0' ? '|' : names.bytes[i];
  }
  ck_assert_str_eq(text_string(&names), named[_i].names);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("recovery");
  TCase *c = tcase_create("recovery");
  tcase_add_checked_fixture(c, NULL, tear_down);
  tcase_add_loop_test(c, g8_what_is_harmless_twice_may_be_repeated, 0,
                      (int)(sizeof harmless / sizeof harmless[0]));
  tcase_add_loop_test(c, g8_anything_else_is_not_repeated, 0,
                      (int)(sizeof others / sizeof others[0]));
  tcase_add_loop_test(c, g9_settings_of_the_session_are_told_from_those_of_a_transaction, 0,
                      (int)(sizeof settings / sizeof settings[0]));
  tcase_add_loop_test(c, g8_names_of_indexes_are_cut_out_or_left_alone, 0,
                      (int)(sizeof named / sizeof named[0]));
  suite_add_tcase(suite, c);
  return suite;
}
