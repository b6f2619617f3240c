/* apply.c - an empty database, migrated: against psql with the same SQL in one transaction. Both
 * are programs started anew, so both times have a start, a connection and an end in them. */
#include <stdio.h>

#include "made.h"
#include "measures.h"
#include "program.h"
#include "sample.h"
#include "server.h"
#include "table.h"

#define DATABASE "bench_apply"
#define ROUNDS   5
#define BUDGET   1.1
#define TRIPS    5u

void apply_once(unsigned count)
{
  made *m = made_tables(EMBARK_LEDGER_NATIVE, count);
  PGconn *conn = server_connect(NULL);
  server_migrate(conn, &m->bundle, NULL);
  PQfinish(conn);
  made_free(m);
}

static void time_program(sample *s, const char *const *argv)
{
  server_fresh_database(DATABASE);
  int64_t start = sample_now_ns();
  program_run(DATABASE, argv);
  sample_add_since(s, start);
}

static unsigned round_trips(const made *m)
{
  server_fresh_database(DATABASE);
  PGconn *conn = server_connect(DATABASE);
  unsigned trips = server_migrate_round_trips(conn, &m->bundle);
  PQfinish(conn);
  return trips;
}

static void measure(unsigned count, const char *work)
{
  static sample ours, psql, bare;
  char path[512], number[16];
  made *m = made_tables(EMBARK_LEDGER_NATIVE, count);
  snprintf(path, sizeof path, "%s/all.sql", work);
  snprintf(number, sizeof number, "%u", count);
  made_write(m, path);
  const char *const embark_argv[] = {"/proc/self/exe", "--apply", number, NULL};
  const char *const psql_argv[] = {"psql", "-X", "-1", "-q", "-v", "ON_ERROR_STOP=1",
                                   "-f",   path, NULL};
  const char *const bare_argv[] = {"psql", "-X", "-1", "-q", "-c", "SET search_path = ''", NULL};
  ours.count = psql.count = bare.count = 0;
  for (int i = 0; i < ROUNDS; i++) {
    time_program(&ours, embark_argv);
    time_program(&psql, psql_argv);
    time_program(&bare, bare_argv);
  }
  double a = sample_median_us(&ours) / 1000, b = sample_median_us(&psql) / 1000;
  table_add(&(table_row){table_text("%u migrations", count), table_text("%.0f ms", a),
                         table_text("%.0f ms psql -1", b), a / b, "<= 1.10",
                         table_judge(a <= BUDGET * b)});
  table_add(&(table_row){"  of which psql itself, starting and ending", "",
                         table_text("%.0f ms", sample_median_us(&bare) / 1000), TABLE_NO_RATIO, "",
                         NO_BUDGET});
  unsigned trips = round_trips(m);
  table_add(&(table_row){"  round trips", table_text("%u", trips), "", TABLE_NO_RATIO, "<= 5",
                         table_judge(trips <= TRIPS)});
  made_free(m);
}

void measure_apply(const char *work)
{
  PGconn *conn = server_connect(NULL);
  table_section(
      table_text("An empty database, fsync %s (median of 5)", server_value(conn, "SHOW fsync")));
  PQfinish(conn);
  measure(100, work);
  measure(1000, work);
  server_drop_database(DATABASE);
}
