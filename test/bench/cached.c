/* cached.c - the call that a program makes on every new connection, after the first. */
#include "heap.h"
#include "made.h"
#include "measures.h"
#include "sample.h"
#include "server.h"
#include "table.h"

#define DATABASE  "bench_cached"
#define CALLS     1000000
#define ROUNDS    10
#define BUDGET_NS 50.0 /* "a few nanoseconds" as a number: less than any lock or allocation */

static void call_often(PGconn *conn, const embark_bundle *bundle)
{
  embark_error err;
  for (int i = 0; i < CALLS; i++) {
    if (embark_migrate_once(conn, bundle, NULL, &err) != EMBARK_OK) {
      die("embark_migrate_once", err.message);
    }
  }
}

static void ask_status_often(const PGconn *conn)
{
  for (int i = 0; i < CALLS; i++) {
    if (PQstatus(conn) != CONNECTION_OK) {
      die("PQstatus", "not connected");
    }
  }
}

static void measure(PGconn *conn, const embark_bundle *bundle)
{
  static sample ours, status;
  unsigned long calls = 0;
  call_often(conn, bundle);
  for (int i = 0; i < ROUNDS; i++) {
    heap_mark(&heap_program);
    int64_t start = sample_now_ns();
    call_often(conn, bundle);
    sample_add_since(&ours, start);
    calls += heap_program.calls;
    start = sample_now_ns();
    ask_status_often(conn);
    sample_add_since(&status, start);
  }
  double a = sample_median_us(&ours) * 1000 / CALLS, b = sample_median_us(&status) * 1000 / CALLS;
  table_add(&(table_row){"embark_migrate_once()", table_text("%.1f ns", a),
                         table_text("%.1f ns PQstatus()", b), a / b, "a few ns (< 50)",
                         table_judge(a < BUDGET_NS)});
  table_add(&(table_row){"  allocations", table_text("%lu", calls), "", TABLE_NO_RATIO, "0",
                         table_judge(calls == 0)});
}

void measure_cached(void)
{
  table_section("The call after a success (10 million calls)");
  server_fresh_database(DATABASE);
  PGconn *conn = server_connect(DATABASE);
  made *m = made_tables(EMBARK_LEDGER_NATIVE, 30);
  measure(conn, &m->bundle);
  embark_once_reset();
  PQfinish(conn);
  made_free(m);
  server_drop_database(DATABASE);
}
