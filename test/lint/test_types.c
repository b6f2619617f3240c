/* type_change.h against a server: what changing a column from each type to each other costs. */
#include <string.h>

#include <check.h>

#include "db.h"
#include "example.h"
#include "keep.h"
#include "suite.h"
#include "type_change.h"

/* As the catalog writes them, and a value. */
static const char *const types[][2] = {
    {"int4",           "1"                  },
    {"int8",           "1"                  },
    {"numeric",        "1.5"                },
    {"numeric(10,2)",  "1.5"                },
    {"numeric(12,2)",  "1.5"                },
    {"numeric(12,4)",  "1.5"                },
    {"float8",         "1.5"                },
    {"text",           "1"                  },
    {"varchar",        "1"                  },
    {"varchar(10)",    "1"                  },
    {"varchar(20)",    "1"                  },
    {"bpchar(10)",     "1"                  },
    {"citext",         "1"                  },
    {"varbit(10)",     "101"                },
    {"varbit(20)",     "101"                },
    {"timestamp",      "2020-01-01 10:00"   },
    {"timestamp(3)",   "2020-01-01 10:00"   },
    {"timestamptz",    "2020-01-01 10:00+00"},
    {"timestamptz(3)", "2020-01-01 10:00+00"},
    {"date",           "2020-01-01"         },
    {"time",           "10:00"              },
    {"time(3)",        "10:00"              },
    {"interval",       "1 day"              },
    {"interval(3)",    "1 day"              },
    {"json",           "1"                  },
    {"jsonb",          "1"                  },
    {"inet",           "10.0.0.0/8"         },
    {"cidr",           "10.0.0.0/8"         },
    {"oid",            "1"                  },
    {"text[]",         "{1}"                },
    {"varchar(10)[]",  "{1}"                },
    {"int4[]",         "{1}"                },
    {"int8[]",         "{1}"                },
};

enum { TYPES = sizeof types / sizeof types[0] };

static const char *word_of(type_change cost)
{
  return cost == TYPE_CHANGE_REWRITE   ? "rewrite"
         : cost == TYPE_CHANGE_INDEXES ? "indexes"
                                       : "nothing";
}

static void expect_costs(const char *const from[2], bool is_utc)
{
  catalog none = {0};
  for (int i = 0; i < TYPES; i++) {
    const char *to = types[i][0];
    const char *said = word_of(type_change_judge(&none, from[0], to, is_utc));
    const char *cost =
        db_value(db_conn, "SELECT pg_temp.cost('%s', '%s', '%s')", from[0], from[1], to);
    ck_assert_msg(cost[0] == '\0' || strcmp(said, cost) == 0,
                  "%s to %s is said to cost %s, and costs %s", from[0], to, said, cost);
  }
}

START_TEST(a_change_of_type_costs_what_is_said)
{
  db_exec(db_conn, "CREATE EXTENSION citext; SET timezone = 'UTC'");
  for (int i = 0; i < TYPES; i++) {
    expect_costs(types[i], true);
  }
}
END_TEST

START_TEST(a_change_of_timestamps_costs_what_is_said_where_the_time_zone_is_not_utc)
{
  db_exec(db_conn, "CREATE EXTENSION citext; SET timezone = 'Europe/Berlin'");
  for (int i = 0; i < TYPES; i++) {
    if (strncmp(types[i][0], "timestamp", 9) == 0) {
      expect_costs(types[i], false);
    }
  }
}
END_TEST

START_TEST(costs_are_told_apart)
{
  ck_assert_str_eq(db_value(db_conn, "SELECT pg_temp.cost('int4', '1', 'int8')"), "rewrite");
  ck_assert_str_eq(db_value(db_conn, "SELECT pg_temp.cost('int4', '1', 'oid')"), "indexes");
  ck_assert_str_eq(db_value(db_conn, "SELECT pg_temp.cost('text', '1', 'varchar')"), "nothing");
  ck_assert_str_eq(db_value(db_conn, "SELECT pg_temp.cost('int4', '1', 'uuid')"), "");
}
END_TEST

static void set_up(void)
{
  db_set_up();
  db_exec(db_conn, "%s", file_text("test", "lint", "costs.sql"));
}

Suite *test_suite(void)
{
  Suite *suite = suite_create("types");
  TCase *tc = tcase_create("costs");
  tcase_add_unchecked_fixture(tc, db_make, NULL);
  tcase_add_checked_fixture(tc, set_up, db_tear_down);
  tcase_add_checked_fixture(tc, NULL, keep_free_all);
  tcase_set_timeout(tc, 120);
  tcase_add_test(tc, a_change_of_type_costs_what_is_said);
  tcase_add_test(tc, a_change_of_timestamps_costs_what_is_said_where_the_time_zone_is_not_utc);
  tcase_add_test(tc, costs_are_told_apart);
  suite_add_tcase(suite, tc);
  return suite;
}
