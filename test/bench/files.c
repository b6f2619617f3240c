/* files.c - what is built: the shared library's size, and the time the bundler takes. */
#include <stdio.h>
#include <sys/stat.h>

#include "made.h"
#include "measures.h"
#include "program.h"
#include "sample.h"
#include "server.h"
#include "table.h"

#define SIZE_BUDGET (96 * 1024)
#define TIME_BUDGET 2.0
#define LINEAR      12.5 /* ten times the files, and a quarter for the noise */
#define ROUNDS      5

void measure_size(const char *build, const char *work)
{
  struct stat st;
  char from[512], to[512];
  snprintf(from, sizeof from, "%s/libembark.so", build);
  snprintf(to, sizeof to, "%s/stripped.so", work);
  program_run(NULL, (const char *const[]){"strip", "-o", to, from, NULL});
  if (stat(to, &st) != 0) {
    die(to, "is not there");
  }
  table_section("The shared library");
  table_add(&(table_row){"stripped", table_text("%.1f KB", (double)st.st_size / 1024), "",
                         TABLE_NO_RATIO, "<= 96 KB", table_judge(st.st_size <= SIZE_BUDGET)});
}

static void write_folder(const char *folder, unsigned count)
{
  char path[640];
  if (mkdir(folder, 0700) != 0) {
    die(folder, "cannot be made");
  }
  for (unsigned i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%s/%05u_t.sql", folder, i);
    FILE *out = fopen(path, "w");
    if (out == NULL ||
        fprintf(out,
                "-- Table %u.\nCREATE TABLE t%05u (id int PRIMARY KEY, name text NOT NULL);\n"
                "CREATE INDEX t%05u_name ON t%05u (name);\n"
                "INSERT INTO t%05u VALUES (1, 'one; two'), (2, 'it''s');\n",
                i, i, i, i, i) < 0 ||
        fclose(out) != 0) {
      die(path, "cannot be written");
    }
  }
}

static void bundle(const char *build, const char *folder, sample *s)
{
  char program[512], out[640];
  snprintf(program, sizeof program, "%s/embark-bundle", build);
  snprintf(out, sizeof out, "%s.c", folder);
  remove(out); /* one that would not change might be let be */
  int64_t start = sample_now_ns();
  program_run(NULL, (const char *const[]){program, folder, "-o", out, NULL});
  sample_add_since(s, start);
}

void measure_bundler(const char *build, const char *work)
{
  static sample small, large;
  char small_folder[512], large_folder[512];
  table_section("embark-bundle (median of 5)");
  snprintf(small_folder, sizeof small_folder, "%s/files_1000", work);
  snprintf(large_folder, sizeof large_folder, "%s/files_10000", work);
  write_folder(small_folder, 1000);
  write_folder(large_folder, 10000);
  for (int i = 0; i < ROUNDS; i++) {
    bundle(build, small_folder, &small);
    bundle(build, large_folder, &large);
  }
  double a = sample_median_us(&small) / 1e6, b = sample_median_us(&large) / 1e6;
  table_add(
      &(table_row){"1,000 files", table_text("%.3f s", a), "", TABLE_NO_RATIO, "", NO_BUDGET});
  table_add(&(table_row){"10,000 files", table_text("%.3f s", b), "", TABLE_NO_RATIO, "< 2 s",
                         table_judge(b < TIME_BUDGET)});
  table_add(&(table_row){"  ten times the files", table_text("%.3f s", b),
                         table_text("%.3f s 1,000 files", a), b / a, "linear (<= 12.5)",
                         table_judge(b / a <= LINEAR)});
}
