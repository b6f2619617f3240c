/* measure.h - what a statement does to the tables that were there: the locks that its transaction
 * holds then, and the work, both read from the server. All memory is the test's. */
#ifndef EMBARK_TEST_LINT_MEASURE_H
#define EMBARK_TEST_LINT_MEASURE_H

#include <libpq-fe.h>

#include "rule.h"

/* A table, view or sequence, and the session's doings with it. */
typedef struct place {
  const char *oid;
  const char *name;
  long long rows;      /* when the scene was set */
  const char *file;    /* relfilenode; "" when it has none, or is gone */
  const char *indexes; /* those of its indexes, "17 18" */
  long long size;      /* in bytes */
  long long reads;     /* rows that this session's transaction has read from it, and its indexes */
  lock_mode lock;      /* the strongest one */
  work work;           /* of the statement between two readings */
  bool is_read_only;   /* a materialized view: it has no writers to keep waiting */
} place;

typedef struct scene {
  place *places;
  int count;
  const char *oids; /* "{16384,16385}" */
} scene;

/* What is there now. */
scene scene_set(PGconn *conn);

/* The same places now; asks as the session that is looked at. */
scene scene_read(PGconn *conn, const scene *before);

/* Fill in each place's `work`: `after` was read behind a statement, `before` in front of it. */
void scene_compare(const scene *before, scene *after);

/* The strongest lock and the most work at any place. */
lock_mode scene_lock(const scene *s);
work scene_work(const scene *s);

/* The strongest of "AccessShareLock RowShareLock", as pg_locks calls them. */
lock_mode lock_mode_strongest(const char *names);

#endif
