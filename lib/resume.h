/* resume.h - where a migration without a transaction is to be taken up. L1, pure.
 *
 * Such a migration leaves its statements behind one by one, so the ledger keeps, beside the rows of
 * what is applied, how far it has come: `progress`. Whoever finds it unfinished goes on from there.
 */
#ifndef EMBARK_RESUME_H
#define EMBARK_RESUME_H

#include <embark.h>

/* What a row of the progress says. The words are the column's. */
typedef enum embark__progress_state {
  PROGRESS_NONE,    /* no row, or "applied" */
  PROGRESS_RUNNING, /* "running": the statement was about to begin */
  PROGRESS_AGAIN,   /* "again": it failed and left nothing, or somebody says that it shall run */
  PROGRESS_DONE,    /* "done": it is done */
  PROGRESS_STRANGE  /* no word of ours */
} embark__progress_state;

/* What tells one version of a row from another; "" where there is no row. */
typedef char embark__progress_mark[16];

typedef struct embark__progress {
  embark__progress_state state;
  uint32_t statement; /* which, from 1 */
  embark__progress_mark version;
  const char *done; /* the marks of those that are done, and RUNNING: of that one, too */
} embark__progress;

typedef struct embark__resume {
  uint32_t next;   /* the statement to go on with, from 0; statement_count: only the row is left */
  int is_doubtful; /* that one was under way, and nobody has said what became of it */
} embark__resume;

/* The state that a word of the column means, and the word of RUNNING, AGAIN and DONE. */
embark__progress_state embark__progress_state_of(const char *word);
const char *embark__progress_word(embark__progress_state state);

/* Decide. Returns EMBARK_OK; or, with err filled, EMBARK_E_CHANGED when what is done already is not
 * what the migration says now, EMBARK_E_LEDGER when the row makes no sense. */
int embark__resume_decide(const embark_migration *m, const embark__progress *progress,
                          embark__resume *out, embark_error *err) EMBARK_CHECKED;

/* Whether the migration runs outside of a transaction. */
int embark__is_outside(const embark_migration *m);

#endif
