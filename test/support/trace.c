/* trace.c - libpq's trace in a temporary file. Knows the names of messages in it. */
#include "trace.h"

#include <stdio.h>
#include <string.h>

#include <check.h>

#include "keep.h"

static FILE *file;
static const char *text = "";

void trace_start(PGconn *conn)
{
  file = tmpfile();
  ck_assert_ptr_nonnull(file);
  PQtrace(conn, file);
  PQsetTraceFlags(conn, PQTRACE_SUPPRESS_TIMESTAMPS);
}

void trace_stop(PGconn *conn)
{
  PQuntrace(conn);
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  ck_assert_int_ge(size, 0);
  rewind(file);
  char *all = keep_zeros((size_t)size + 1);
  ck_assert_uint_eq(fread(all, 1, (size_t)size, file), (size_t)size);
  text = all;
  fclose(file);
  file = NULL;
}

unsigned trace_count(const char *what)
{
  unsigned count = 0;
  for (const char *at = strstr(text, what); at != NULL; at = strstr(at, what)) {
    count++;
    at += strcspn(at, "\n");
  }
  return count;
}

unsigned trace_round_trips(void)
{
  return trace_count("\tReadyForQuery\t");
}

unsigned trace_syncs(void)
{
  return trace_count("\tSync");
}

unsigned trace_statements(void)
{
  return trace_count("\tParse\t") + trace_count("\tQuery\t");
}
