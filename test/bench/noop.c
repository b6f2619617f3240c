/* noop.c - a migrated database, migrated again: against the least a client can ask a server. */
#include <stdio.h>
#include <string.h>

#include "made.h"
#include "measures.h"
#include "sample.h"
#include "server.h"
#include "table.h"

#define DATABASE  "bench_noop"
#define PAIRS     1500
#define ALL_PAIRS 40 /* reading thousands of rows takes milliseconds */
#define BUDGET    1.25
#define MOST      10000u

#define ALL_NATIVE                                                                                 \
  "SELECT tag, hash, state FROM embark.migrations WHERE component = $1 ORDER BY \"position\""
#define ALL_DRIZZLE "SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id"

/* Ask one question as the library asks its own: a pipeline, one message, one sync. */
static void ask(PGconn *conn, const char *sql, const char *value)
{
  const char *values[] = {value};
  if (PQenterPipelineMode(conn) != 1 ||
      PQsendQueryParams(conn, sql, value != NULL, NULL, values, NULL, NULL, 0) != 1 ||
      PQpipelineSync(conn) != 1) {
    die(sql, PQerrorMessage(conn));
  }
  PGresult *res = PQgetResult(conn);
  if (PQresultStatus(res) != PGRES_TUPLES_OK) {
    die(sql, PQerrorMessage(conn));
  }
  PQclear(res);
  PQgetResult(conn);          /* the NULL behind it */
  PQclear(PQgetResult(conn)); /* the sync */
  if (PQexitPipelineMode(conn) != 1) {
    die(sql, PQerrorMessage(conn));
  }
}

/* The floor: a row by its primary key, in a table of as many rows as the largest ledger has. */
static void make_floor(PGconn *conn)
{
  server_run(conn, "CREATE TABLE floor (id int PRIMARY KEY, value text NOT NULL)");
  server_run(conn, "INSERT INTO floor SELECT i, repeat('f', 64) FROM generate_series(1, 10000) i");
  server_run(conn, "VACUUM ANALYZE floor");
}

typedef struct times {
  sample noop, floor, all;
} times;

/* One of each, in turns that change places. */
static void measure(PGconn *conn, const embark_bundle *b, times *t)
{
  int native = b->ledger == EMBARK_LEDGER_NATIVE;
  t->noop.count = t->floor.count = t->all.count = 0;
  for (int i = 0; i < 2 * PAIRS; i++) {
    int64_t start = sample_now_ns();
    if (i % 4 == 0 || i % 4 == 3) {
      server_migrate(conn, b, NULL);
      sample_add_since(&t->noop, start);
    } else {
      ask(conn, "SELECT value FROM floor WHERE id = $1", "4711");
      sample_add_since(&t->floor, start);
    }
  }
  for (int i = 0; i < ALL_PAIRS; i++) {
    int64_t start = sample_now_ns();
    ask(conn, native ? ALL_NATIVE : ALL_DRIZZLE, native ? "main" : NULL);
    sample_add_since(&t->all, start);
  }
}

static void report(const char *kind, uint32_t count, times *t, unsigned trips, int judged)
{
  double noop = sample_median_us(&t->noop), floor = sample_median_us(&t->floor);
  double all = sample_median_us(&t->all);
  int within = noop <= BUDGET * floor;
  table_add(&(table_row){table_text("%s ledger, %u applied", kind, count),
                         table_text("%.0f us", noop), table_text("%.0f us a row by its key", floor),
                         noop / floor, judged ? "<= 1.25" : "",
                         judged ? table_judge(within) : NO_BUDGET});
  table_add(&(table_row){"  round trips", table_text("%u", trips), "", TABLE_NO_RATIO, "1",
                         table_judge(trips == 1)});
  table_add(&(table_row){"  for comparison: reading every row", table_text("%.0f us", all),
                         table_text("%.0f us a row by its key", floor), all / floor, "",
                         NO_BUDGET});
}

/* The ledger as it is at `count` migrations, and vacuumed, as autovacuum leaves it. */
static void bring_to(PGconn *conn, made *m, uint32_t count)
{
  static char digest[65];
  m->bundle.migration_count = count;
  if (m->bundle.ledger != EMBARK_LEDGER_NATIVE) {
    m->bundle.ledger_digest = m->bundle.digest; /* no longer that of the ledger, so that it looks */
  }
  server_migrate(conn, &m->bundle, NULL);
  if (m->bundle.ledger == EMBARK_LEDGER_NATIVE) {
    server_run(conn, "VACUUM ANALYZE embark.migrations");
    return;
  }
  server_run(conn, "VACUUM ANALYZE drizzle.__drizzle_migrations");
  /* What the library's own question answers: see CHECK in lib/ledger.c. */
  const char *sql = "SELECT encode(sha256(convert_to(string_agg(concat(m.created_at, ':', m.hash,"
                    " chr(10)), '' ORDER BY m.created_at, m.hash COLLATE \"C\"), 'UTF8')), 'hex')"
                    " FROM drizzle.__drizzle_migrations m";
  snprintf(digest, sizeof digest, "%.64s", server_value(conn, sql));
  m->bundle.ledger_digest = digest;
}

static void measure_ledger(embark_ledger kind, const char *name, uint32_t most)
{
  static times t;
  server_fresh_database(DATABASE);
  PGconn *conn = server_connect(DATABASE);
  made *m = made_new(kind, most);
  bring_to(conn, m, 1); /* before there are tables that nobody's ledger accounts for */
  make_floor(conn);
  for (uint32_t count = 10; count <= most; count *= 10) {
    bring_to(conn, m, count);
    unsigned trips = server_migrate_round_trips(conn, &m->bundle);
    measure(conn, &m->bundle, &t);
    report(name, count, &t, trips, kind == EMBARK_LEDGER_NATIVE);
  }
  PQfinish(conn);
  made_free(m);
  server_drop_database(DATABASE);
}

void measure_noop(void)
{
  table_section("Nothing to do, on an open connection (median of 1500 pairs)");
  measure_ledger(EMBARK_LEDGER_NATIVE, "native", MOST);
  measure_ledger(EMBARK_LEDGER_DRIZZLE, "Drizzle", MOST / 10);
  table_note("A Drizzle ledger has no chain; the server digests its rows, so the time grows with "
             "them, in one round trip all the same.");
}
