/* memory.c - what a bundle of 100 MB takes beside itself. */
#include <stdlib.h>
#include <string.h>

#include "heap.h"
#include "made.h"
#include "measures.h"
#include "server.h"
#include "table.h"

#define DATABASE  "bench_memory"
#define MB        (1024.0 * 1024.0)
#define WHOLE     (100u * 1024 * 1024)
#define STATEMENT 4096u
#define PARTS     10u /* migrations that share it */

static made *many_statements(void)
{
  static char sql[STATEMENT];
  static const char head[] = "INSERT INTO big VALUES ('", tail[] = "')";
  made *m = made_new(EMBARK_LEDGER_NATIVE, PARTS);
  memset(sql, 'x', sizeof sql);
  memcpy(sql, head, sizeof head - 1);
  memcpy(sql + sizeof sql - sizeof tail, tail, sizeof tail);
  made_statement(m, 0, "CREATE UNLOGGED TABLE big (text text)");
  for (uint32_t i = 0; i < WHOLE / STATEMENT; i++) {
    made_statement(m, (uint32_t)((uint64_t)i * PARTS / (WHOLE / STATEMENT)), sql);
  }
  return m;
}

static made *copy_data(void)
{
  static char line[1024];
  made *m = made_new(EMBARK_LEDGER_NATIVE, 2);
  memset(line, 'x', sizeof line - 2);
  line[sizeof line - 2] = '\n';
  made_statement(m, 0, "CREATE UNLOGGED TABLE big (text text)");
  made_copy(m, 1, "COPY big FROM stdin", line, WHOLE);
  return m;
}

static void measure(const char *what, made *m)
{
  heap ours;
  embark_allocator allocator = heap_allocator(&ours);
  embark_options opt = EMBARK_OPTIONS_INIT;
  opt.allocator = &allocator;
  server_fresh_database(DATABASE);
  PGconn *conn = server_connect(DATABASE);
  heap_mark(&heap_program);
  size_t before = heap_program.used;
  server_migrate(conn, &m->bundle, &opt);
  table_add(&(table_row){what, table_text("%.3f MB", (double)ours.peak / MB), "", TABLE_NO_RATIO,
                         "< 1 MB", table_judge((double)ours.peak < MB)});
  table_add(&(table_row){"  for comparison: libpq's own", "",
                         table_text("%.3f MB", (double)(heap_program.peak - before) / MB),
                         TABLE_NO_RATIO, "", NO_BUDGET});
  PQfinish(conn);
  made_free(m);
  server_drop_database(DATABASE);
}

void measure_memory(void)
{
  table_section("Heap for a bundle of 100 MB (the most at any time)");
  measure("25,600 statements of 4 KB", many_statements());
  measure("one COPY and its data", copy_data());
}
