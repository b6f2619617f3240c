/* crowd.c - many that start at once. */
#include "crowd.h"

#include <stdlib.h>

#include "db.h"
#include "keep.h"

int crowd_rounds(void)
{
  const char *said = getenv("EMBARK_TEST_ROUNDS");
  int rounds = said != NULL ? atoi(said) : 20;
  return rounds > 2 ? rounds : 2;
}

made_bundle *crowd_bundle(embark_ledger kind)
{
  const char *tags[CROWD_MIGRATIONS], *texts[CROWD_MIGRATIONS];
  for (int i = 0; i < CROWD_MIGRATIONS; i++) {
    tags[i] = keep_printf("%04d_step", i);
    texts[i] = keep_printf("%sinsert into effect values (%d);\n",
                           i == 0 ? "create table effect (step int, at serial);\n" : "", i);
  }
  return bundle_make_array(kind, CROWD_MIGRATIONS, tags, texts, NULL);
}

void crowd_empty(void)
{
  db_exec(db_watch, "drop schema if exists embark cascade; drop schema if exists drizzle cascade;"
                    "drop table if exists effect");
}

void crowd_expect_once(const made_bundle *made)
{
  const char *expected = "";
  for (uint32_t i = 0; i < made->bundle.migration_count; i++) {
    expected = keep_printf("%s%s%u", expected, i > 0 ? " " : "", (unsigned)i);
  }
  db_expect_rows(expected, "select string_agg(step::text, ' ' order by at) from effect");
  db_expect_rows(keep_printf("%u", (unsigned)made->bundle.migration_count),
                 "select count(*) from %s.%s", made->bundle.ledger_schema,
                 made->bundle.ledger_table);
}
