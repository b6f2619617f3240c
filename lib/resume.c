/* resume.c - how far an unfinished migration has come, and whether it is still the same one. Knows
 * marks and states; knows nothing of servers. */
#include "resume.h"

#include <inttypes.h>
#include <string.h>

#include "error.h"

int embark__is_outside(const embark_migration *m)
{
  return (m->flags & EMBARK_MIGRATION_NO_TRANSACTION) != 0;
}

/* "applied", and yet looked at as it is not in the ledger: it was reverted, and begins anew. */
static const char words[][8] = {[PROGRESS_NONE] = "applied",
                                [PROGRESS_RUNNING] = "running",
                                [PROGRESS_AGAIN] = "again",
                                [PROGRESS_DONE] = "done"};

const char *embark__progress_word(embark__progress_state state)
{
  return words[state];
}

embark__progress_state embark__progress_state_of(const char *word)
{
  for (int i = PROGRESS_NONE; word != NULL && i < PROGRESS_STRANGE; i++) {
    if (strcmp(word, words[i]) == 0) {
      return (embark__progress_state)i;
    }
  }
  return PROGRESS_STRANGE;
}

static int refuse(const embark_migration *m, uint32_t statement, uint32_t done, embark_error *err)
{
  embark__error_set(err, EMBARK_E_CHANGED,
                    "migration \"%s\" was changed from statement %" PRIu32 " on, though %" PRIu32
                    " of its statements are done",
                    m->tag, statement, done);
  embark__error_place(err, m);
  embark__error_hint(err,
                     "It has no transaction and was interrupted. Put the statements that are done "
                     "back as they were; those behind them may be changed.");
  return err->code;
}

/* It may have been at work as it was: what it says now would be taken for done, or mended. */
static int refuse_running(const embark_migration *m, uint32_t statement, embark_error *err)
{
  embark__error_set(err, EMBARK_E_CHANGED,
                    "migration \"%s\" was changed at statement %" PRIu32 ", which was interrupted",
                    m->tag, statement);
  embark__error_place(err, m);
  embark__error_hint(err, "Put it back as it was until what became of it is settled, by a run or "
                          "by you; then change what it did by a migration of its own.");
  return err->code;
}

/* The statement, from 1, at which `done` is not what the migration says now; 0: nowhere. */
static uint32_t first_difference(const embark_migration *m, const char *done, uint32_t count)
{
  for (uint32_t i = 0; i < count; i++) {
    size_t at = (size_t)i * EMBARK_MARK_LENGTH;
    if (i >= m->statement_count || memcmp(m->marks + at, done + at, EMBARK_MARK_LENGTH) != 0) {
      return i + 1;
    }
  }
  return 0;
}

/* A migration that was outside of a transaction when it was begun, and no longer is. Where nothing
 * of it is done, nothing is lost. */
static int decide_inside(const embark_migration *m, const embark__progress *progress,
                         embark_error *err)
{
  if (progress->statement == 1 && progress->state == PROGRESS_AGAIN) {
    return EMBARK_OK;
  }
  embark__error_set(err, EMBARK_E_CHANGED,
                    "migration \"%s\" was interrupted without a transaction, and now has one",
                    m->tag);
  embark__error_place(err, m);
  embark__error_hint(err,
                     "Put the line \"-- embark: no-transaction\" back at the head of the file; "
                     "the next run goes on at statement %" PRIu32 ".",
                     progress->statement);
  return err->code;
}

int embark__resume_decide(const embark_migration *m, const embark__progress *progress,
                          embark__resume *out, embark_error *err)
{
  *out = (embark__resume){0, 0};
  if (progress->state == PROGRESS_NONE) {
    return EMBARK_OK;
  }
  if (!embark__is_outside(m)) {
    return decide_inside(m, progress, err);
  }
  if (progress->state == PROGRESS_STRANGE || progress->statement == 0) {
    embark__error_set(err, EMBARK_E_LEDGER, "the progress of \"%s\" is in an unknown state",
                      m->tag);
    embark__error_place(err, m);
    embark__error_hint(err, "It was written by a newer version of Embark, or by hand.");
    return err->code;
  }
  uint32_t statement = progress->statement - 1;
  uint32_t marks = (uint32_t)(strlen(progress->done) / EMBARK_MARK_LENGTH);
  uint32_t done = progress->state == PROGRESS_DONE ? statement + 1 : statement;
  if (progress->state == PROGRESS_AGAIN && marks > done) {
    marks = done; /* that one may be another now */
  }
  uint32_t changed = first_difference(m, progress->done, marks);
  if (changed > done) {
    return refuse_running(m, changed, err);
  }
  if (changed != 0) {
    return refuse(m, changed, done, err);
  }
  out->next = done;
  out->is_doubtful = progress->state == PROGRESS_RUNNING && statement < m->statement_count;
  if (out->next > m->statement_count) {
    return refuse(m, m->statement_count + 1, out->next, err);
  }
  return EMBARK_OK;
}
