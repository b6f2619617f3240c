/* embark-bench - the product against its floors, as ratios taken in one run. Run by test/bench/run,
 * which says how. Ends with 0 however slow it was; with 1 when something did not work. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measures.h"
#include "server.h"
#include "table.h"

static const char *build, *work;
static int wanted_count;
static char **wanted;

static int is_wanted(const char *name)
{
  for (int i = 0; i < wanted_count; i++) {
    if (strcmp(wanted[i], name) == 0) {
      return 1;
    }
  }
  return wanted_count == 0;
}

static void say_where(void)
{
  char load[64] = "unknown";
  FILE *in = fopen("/proc/loadavg", "r");
  if (in != NULL) {
    if (fscanf(in, "%63s", load) != 1) {
      snprintf(load, sizeof load, "unknown");
    }
    fclose(in);
  }
  PGconn *conn = server_connect(NULL);
  printf("PostgreSQL %s, ", server_value(conn, "SHOW server_version"));
  printf("fsync %s, ", server_value(conn, "SHOW fsync"));
  printf("%ld processors, load %s\n\n", sysconf(_SC_NPROCESSORS_ONLN), load);
  PQfinish(conn);
}

static void measure_all(void)
{
  if (is_wanted("noop")) {
    measure_noop();
  }
  if (is_wanted("apply")) {
    measure_apply(work);
  }
  if (is_wanted("cached")) {
    measure_cached();
  }
  if (is_wanted("crowd")) {
    measure_crowd();
  }
  if (is_wanted("memory")) {
    measure_memory();
  }
  if (is_wanted("refusal")) {
    measure_refusal();
  }
  if (is_wanted("size")) {
    measure_size(build, work);
  }
  if (is_wanted("bundler")) {
    measure_bundler(build, work);
  }
}

int main(int argc, char **argv)
{
  if (argc == 3 && strcmp(argv[1], "--apply") == 0) {
    apply_once((unsigned)strtoul(argv[2], NULL, 10));
    return 0;
  }
  if (argc < 3) {
    fprintf(stderr, "usage: embark-bench BUILD-FOLDER WORK-FOLDER [MEASURE...]\n");
    return 2;
  }
  build = argv[1];
  work = argv[2];
  wanted = argv + 3;
  wanted_count = argc - 3;
  say_where();
  table_head();
  measure_all();
  table_end();
  return 0;
}
