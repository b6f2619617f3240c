/* survey.h - what the database is like, beside its ledger. L2. */
#ifndef EMBARK_SURVEY_H
#define EMBARK_SURVEY_H

#include "buf.h"
#include "pipeline.h"

typedef struct embark__survey {
  int in_recovery;     /* a standby: takes no writes */
  int has_schema;      /* the ledger's schema is there */
  int has_ledger;      /* so is the ledger; seen at the same moment as has_tables */
  int is_on_path;      /* the schema is not there, but would be in the search_path if it were */
  int has_progress;    /* somebody has run a migration without a transaction */
  int has_tables;      /* somebody's tables are there; an extension's do not count */
  int32_t backend_pid; /* of the server; a pooler tells its clients another */
} embark__survey;

/* Queue the question, which is put together in `scratch`. It fails with RAISED_BY_US where what is
 * in the ledger's place is not to be trusted; its message says why. Its one row also has, in
 * columns SURVEY_USER and up, what session.h keeps. Returns 0, or -1 when memory or the connection
 * is gone. */
int embark__survey_send(embark__pipeline *p, embark__buf *scratch, const char *ledger_schema,
                        const char *ledger_table, const char *progress_schema);

enum {
  SURVEY_USER = 5,
  SURVEY_ROLE = 6,
  SURVEY_SYNCHRONOUS_COMMIT = 7,
  SURVEY_ENCODING = 8, /* the client_encoding that a RESET would bring */
  SURVEY_BACKEND_PID = 9,
  SURVEY_PROGRESS = 11 /* behind the ledger itself, which is an error when it is not sound */
};

void embark__survey_read(embark__survey *s, const PGresult *res);

#endif
