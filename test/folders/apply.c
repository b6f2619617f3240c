/* apply.c - bring a database up to date with the bundle it is linked with, and say what that took.
 * Meant for any bundle: test/folders/build links the two. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "embark.h"
#include "migrations.h"

typedef struct tally {
  uint32_t applied;
  uint32_t statements;
  int64_t elapsed_ms;
} tally;

static int count(void *data, const embark_event *event)
{
  tally *t = data;
  t->applied += event->type == EMBARK_EVENT_APPLIED;
  t->statements += event->type == EMBARK_EVENT_STATEMENT;
  t->elapsed_ms = event->elapsed_ms;
  if (event->type == EMBARK_EVENT_RETRY || event->type == EMBARK_EVENT_LOCK_WAIT) {
    fprintf(stderr, "apply: %s: %s\n", event->tag, event->message);
  }
  return 0;
}

int main(int argc, char **argv)
{
  PGconn *conn = PQconnectdb(argc > 1 ? argv[1] : "");
  tally t = {0, 0, 0};
  embark_options options = EMBARK_OPTIONS_INIT;
  embark_error err;
  char text[4096];
  int failed = 1;

  options.on_event = count;
  options.event_data = &t;
  if (PQstatus(conn) != CONNECTION_OK) {
    fprintf(stderr, "%s", PQerrorMessage(conn));
  } else if (embark_migrate(conn, &embark_migrations, &options, &err) != EMBARK_OK) {
    embark_error_format(&err, text, sizeof text);
    fprintf(stderr, "%s: %s\n", embark_code_name(err.code), text);
  } else {
    failed = 0;
  }
  printf("applied %" PRIu32 " of %" PRIu32 " migrations, %" PRIu32 " statements, %" PRId64 " ms\n",
         t.applied, embark_migrations.migration_count, t.statements, t.elapsed_ms);
  PQfinish(conn);
  return failed;
}
