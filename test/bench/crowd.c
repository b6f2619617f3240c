/* crowd.c - many processes at once on an empty database, against one alone. All are connected
 * before the clock starts; it stops when the last one is done. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "made.h"
#include "measures.h"
#include "sample.h"
#include "server.h"
#include "table.h"

#define DATABASE "bench_crowd"
#define ROUNDS   5
#define BUDGET   1.5

typedef enum deed { MIGRATE, LOOK } deed;

typedef struct gate {
  int ready[2], go[2], done[2];
} gate;

static int act(PGconn *conn, const embark_bundle *bundle, deed what)
{
  embark_error err;
  if (what == MIGRATE) {
    int code = embark_migrate(conn, bundle, NULL, &err);
    if (code != EMBARK_OK) {
      fprintf(stderr, "bench: a process of the crowd failed: %s; %s\n", err.message, err.detail);
    }
    return code;
  }
  PGresult *res = PQexecParams(conn, "SELECT relname FROM pg_catalog.pg_class WHERE oid = $1::oid",
                               1, NULL, (const char *const[]){"1259"}, NULL, NULL, 0);
  int failed = PQntuples(res) != 1;
  PQclear(res);
  return failed;
}

static void child(const gate *g, const embark_bundle *bundle, deed what)
{
  char byte = 0;
  close(g->go[1]); /* or it would hold its own gate shut */
  PGconn *conn = server_connect(DATABASE);
  int said = write(g->ready[1], &byte, 1) == 1 && read(g->go[0], &byte, 1) == 0;
  byte = (char)(!said || act(conn, bundle, what) != 0);
  said = write(g->done[1], &byte, 1) == 1;
  PQfinish(conn);
  _exit(!said);
}

/* Read `count` bytes; how many of them were not 0, those that never came included. */
static unsigned hear(int from, unsigned count)
{
  unsigned bad = 0;
  for (unsigned i = 0; i < count; i++) {
    char byte = 1;
    bad += read(from, &byte, 1) != 1 || byte != 0;
  }
  return bad;
}

static void gate_open(gate *g)
{
  if (pipe(g->ready) != 0 || pipe(g->go) != 0 || pipe(g->done) != 0) {
    die("pipe", "refused");
  }
}

/* Returns how many failed. */
static unsigned release(unsigned count, const embark_bundle *bundle, deed what, sample *s)
{
  gate g;
  gate_open(&g);
  fflush(stdout);
  for (unsigned i = 0; i < count; i++) {
    pid_t pid = fork();
    if (pid == 0) {
      child(&g, bundle, what);
    } else if (pid < 0) {
      die("fork", "refused");
    }
  }
  close(g.ready[1]);
  close(g.done[1]);
  close(g.go[0]);
  unsigned failed = hear(g.ready[0], count);
  int64_t start = sample_now_ns();
  close(g.go[1]);
  failed += hear(g.done[0], count);
  sample_add_since(s, start);
  close(g.ready[0]);
  close(g.done[0]);
  while (wait(NULL) > 0) {
  }
  return failed;
}

static unsigned round_of(unsigned count, const made *m, sample *s)
{
  server_fresh_database(DATABASE);
  return release(count, &m->bundle, MIGRATE, s);
}

static void report(unsigned count, sample *crowd, sample *look, double alone, unsigned failed,
                   int judged)
{
  double all = sample_median_us(crowd) / 1000;
  table_add(&(table_row){table_text("%u processes", count), table_text("%.0f ms", all),
                         table_text("%.0f ms one process", alone), all / alone,
                         judged ? "<= 1.50" : "",
                         judged ? table_judge(all <= BUDGET * alone) : NO_BUDGET});
  /* Sorted by now. A median alone would hide that one in a hundred waits a minute. */
  table_add(&(table_row){"  the slowest round",
                         table_text("%.0f ms", (double)crowd->ns[crowd->count - 1] / 1e6), "",
                         TABLE_NO_RATIO, "", NO_BUDGET});
  table_add(&(table_row){"  failures", table_text("%u", failed), "", TABLE_NO_RATIO, "0",
                         table_judge(failed == 0)});
  table_add(&(table_row){"  for comparison: a catalog row by its key each", "",
                         table_text("%.0f ms", sample_median_us(look) / 1000), TABLE_NO_RATIO, "",
                         NO_BUDGET});
}

void measure_crowd(void)
{
  static sample one, some, many, look_some, look_many;
  unsigned failed_some = 0, failed_many = 0;
  made *m = made_tables(EMBARK_LEDGER_NATIVE, 30);
  table_section("Many at once, 30 migrations, an empty database (median of 5)");
  for (int i = 0; i < ROUNDS; i++) {
    failed_some += round_of(1, m, &one);
    failed_some += round_of(32, m, &some);
    failed_some += release(32, &m->bundle, LOOK, &look_some);
    failed_many += round_of(64, m, &many);
    failed_many += release(64, &m->bundle, LOOK, &look_many);
  }
  double alone = sample_median_us(&one) / 1000;
  report(32, &some, &look_some, alone, failed_some, 0);
  report(64, &many, &look_many, alone, failed_many, 1);
  server_drop_database(DATABASE);
  made_free(m);
}
