/* plan_given.c - bundles of bare migrations and rows of their ledgers. */
#include "plan_given.h"

#include <string.h>

#define HEX_15 "000000000000000"
#define HEX_63 HEX_15 HEX_15 HEX_15 HEX_15 "000"
#define TIME   1000

static const char *const tags[GIVEN_MOST] = {"m0", "m1", "m2", "m3", "m4", "m5", "m6", "m7"};
static const char *const files[GIVEN_MOST] = {"m0.sql", "m1.sql", "m2.sql", "m3.sql",
                                              "m4.sql", "m5.sql", "m6.sql", "m7.sql"};
static const char *const hashes[GIVEN_MOST] = {HEX_63 "0", HEX_63 "1", HEX_63 "2", HEX_63 "3",
                                               HEX_63 "4", HEX_63 "5", HEX_63 "6", HEX_63 "7"};
static const char *const strange_tags[] = {"u0", "u1"};
static const char *const strange_hashes[] = {HEX_63 "a", HEX_63 "b"};

void given_bundle(given *g, embark_ledger kind, uint32_t count)
{
  memset(g, 0, sizeof *g);
  g->bundle = (embark_bundle){.format = EMBARK_BUNDLE_FORMAT,
                              .component = "main",
                              .ledger = kind,
                              .ledger_schema = "embark",
                              .ledger_table = "migrations",
                              .digest = HEX_63 "d",
                              .ledger_digest = HEX_63 "e",
                              .sql = (const unsigned char *)"",
                              .migrations = g->migration,
                              .migration_count = count};
  for (uint32_t i = 0; i < count; i++) {
    g->migration[i] = (embark_migration){.tag = tags[i],
                                         .file = files[i],
                                         .hash = hashes[i],
                                         .chain = hashes[i],
                                         .when_ms = TIME + i};
  }
}

static embark__row row_of(embark_ledger kind, const char *tag, const char *hash, int64_t when_ms)
{
  if (kind == EMBARK_LEDGER_NATIVE) {
    return (embark__row){.tag = tag, .hash = hash, .state = "applied"};
  }
  if (kind == EMBARK_LEDGER_DRIZZLE_TAG) {
    return (embark__row){.tag = tag, .when_ms = when_ms, .has_when = 1};
  }
  return (embark__row){.hash = hash, .when_ms = when_ms, .has_when = 1};
}

embark__row given_applied(const given *g, uint32_t index)
{
  const embark_migration *m = &g->migration[index];
  return row_of(g->bundle.ledger, m->tag, m->hash, m->when_ms);
}

embark__row given_changed(const given *g, uint32_t index)
{
  const embark_migration *m = &g->migration[index];
  return row_of(g->bundle.ledger, m->tag, HEX_63 "f", m->when_ms);
}

embark__row given_unknown(const given *g, uint32_t number)
{
  return row_of(g->bundle.ledger, strange_tags[number], strange_hashes[number],
                2 * TIME + (int64_t)number);
}

static int is_migration(const given *g, size_t index, const embark__row *row)
{
  return index < g->bundle.migration_count && row->tag != NULL &&
         strcmp(row->tag, g->migration[index].tag) == 0;
}

int given_decide(embark__plan *plan, const given *g, const embark__row *rows, size_t count,
                 const embark__situation *now, embark_error *err)
{
  int code = embark__plan_init(plan, &g->bundle, NULL);
  int as_bundled = 1;
  memset(err, 0, sizeof *err);
  for (size_t i = 0; i < count && code == EMBARK_OK; i++) {
    embark__row row = rows[i];
    as_bundled = as_bundled && is_migration(g, i, &row);
    row.position = (int64_t)i;
    row.chain = as_bundled ? g->migration[i].chain : "of another history";
    code = embark__plan_row(plan, &row);
  }
  return code == EMBARK_OK ? embark__plan_decide(plan, now, err) : code;
}

embark__situation given_situation(embark_op op)
{
  return (embark__situation){
      .op = op, .adopt = EMBARK_ADOPT_REFUSE, .has_ledger = 1, .has_tables = 1};
}
