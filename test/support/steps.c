/* steps.c - migrations that leave traces. */
#include "steps.h"

#include <check.h>
#include <stdlib.h>

#include "drive.h"
#include "keep.h"
#include "strike.h"

made_bundle *steps_bundle(unsigned failing)
{
  const char *tags[STEPS], *texts[STEPS];
  for (unsigned i = 0; i < STEPS; i++) {
    tags[i] = keep_printf("%04u_step", i);
    texts[i] = keep_printf("%screate table s%u ();\ninsert into effect values (%u);\n%s",
                           i == 0 ? "create table effect (step int);\n" : "", i, i,
                           i == failing ? "select 1/0;\n" : "");
  }
  return bundle_make_array(EMBARK_LEDGER_NATIVE, STEPS, tags, texts, NULL);
}

/* "0 1 2": the first so many. */
static const char *first(unsigned count)
{
  const char *text = "";
  for (unsigned i = 0; i < count; i++) {
    text = keep_printf("%s%s%u", text, i > 0 ? " " : "", i);
  }
  return text;
}

unsigned steps_applied(void)
{
  unsigned count = 0;
  if (db_value(db_watch, "SELECT to_regclass('embark.migrations')")[0] != '\0') {
    count = (unsigned)atoi(db_value(db_watch, "SELECT count(*) FROM embark.migrations"));
    db_expect_rows(first(count), "SELECT coalesce(string_agg(left(tag, 4)::int::text, ' '"
                                 " ORDER BY position), '') FROM embark.migrations");
  }
  db_expect_rows(first(count), "SELECT coalesce(string_agg(substr(relname, 2), ' ' ORDER BY"
                               " relname), '') FROM pg_class WHERE relname ~ '^s[0-9]$'");
  if (count == 0) {
    db_expect_tables("");
  } else {
    db_expect_rows(first(count), "SELECT string_agg(step::text, ' ' ORDER BY step) FROM effect");
  }
  return count;
}

void steps_empty(void)
{
  db_exec(db_watch, "DROP SCHEMA IF EXISTS embark CASCADE; DROP SCHEMA public CASCADE;"
                    " CREATE SCHEMA public");
}

void steps_complete(void)
{
  strike_no_more();
  db_reconnect("application_name=under_test");
  drive_ok(steps_bundle(STEPS));
  ck_assert_uint_eq(steps_applied(), STEPS);
}
