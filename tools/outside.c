/* Follows a file through the transactions that it begins and ends by itself. Knows what may stand
 * in them and outside; recovery.c knows what a statement says by itself. */
#include "outside.h"

#include <string.h>

#include <embark_bundle.h>

#include "alloc.h"

typedef struct judge {
  script *script;
  const source *src;
  diag *diag;
  bool idiom;      /* drizzle-orm's transaction is open at first */
  bool open;       /* a transaction is, here */
  size_t begun_by; /* the statement that began it; only when `open` */
} judge;

static bool is_begin(const statement *st)
{
  return st->what.kind == STATEMENT_BEGIN || st->what.kind == STATEMENT_BEGIN_OPTIONS;
}

static bool controls_transaction(const statement *st)
{
  statement_kind kind = st->what.kind;
  return is_begin(st) || kind == STATEMENT_COMMIT || kind == STATEMENT_ROLLBACK ||
         kind == STATEMENT_CHAIN || kind == STATEMENT_PREPARE || kind == STATEMENT_TRANSACTION;
}

/* drizzle-orm runs all pending files in one transaction of its own. A file whose first word about
 * transactions is COMMIT ends it, because what follows cannot run inside; often a BEGIN at the
 * file's end leaves drizzle-orm something to commit. */
static bool is_idiom(const script *s)
{
  size_t i = 0;
  while (i < s->count && !controls_transaction(&s->statements[i])) {
    i++;
  }
  return i < s->count && s->statements[i].what.kind == STATEMENT_COMMIT;
}

bool outside_applies(const script *s, bool drizzle)
{
  return s->directives.no_transaction || (drizzle && is_idiom(s));
}

/* --- what is implied -------------------------------------------------------------------------- */

static void insert(script *s, size_t index, statement st)
{
  s->statements = alloc_one_more(s->statements, &s->capacity, s->count, sizeof s->statements[0]);
  memmove(s->statements + index + 1, s->statements + index,
          (s->count - index) * sizeof s->statements[0]);
  s->statements[index] = st;
  s->count++;
}

/* Transaction control alone is dropped, which has no names that could be lost. */
static void drop(script *s, size_t index)
{
  s->count--;
  memmove(s->statements + index, s->statements + index + 1,
          (s->count - index) * sizeof s->statements[0]);
}

/* The BEGIN of drizzle-orm; none where the file's COMMIT would follow at once. */
static void imply_begin(script *s)
{
  if (s->statements[0].what.kind == STATEMENT_COMMIT) {
    drop(s, 0);
    return;
  }
  insert(s, 0,
         (statement){
             .line = 1,
             .what = {.kind = STATEMENT_BEGIN, .name = "BEGIN"},
             .resume = EMBARK_STATEMENT_REPEAT,
             .implied = "BEGIN"
  });
}

/* The COMMIT of drizzle-orm; none where the file's BEGIN stands directly before. */
static void imply_commit(judge *j)
{
  script *s = j->script;
  if (j->begun_by == s->count - 1) {
    drop(s, j->begun_by);
    return;
  }
  insert(s, s->count,
         (statement){
             .line = s->statements[s->count - 1].line,
             .what = {.kind = STATEMENT_COMMIT, .name = "COMMIT"},
             .flags = EMBARK_STATEMENT_COMMIT,
             .implied = "COMMIT"
  });
}

/* --- judging ---------------------------------------------------------------------------------- */

#define NO_WAY_ON "cannot be in a migration: a run interrupted behind it could not be taken up"

static int refuse(const judge *j, const statement *st, const char *hint, const char *what)
{
  diag_error_at(j->diag, j->src, st->what.place, hint, "%s %s", st->what.name, what);
  return -1;
}

/* The server would refuse it as well, but only then. */
static int refuse_inside(const judge *j, const statement *st)
{
  const statement *begin = &j->script->statements[j->begun_by];
  text hint = {0};
  if (begin->implied != NULL) {
    text_puts(&hint, "Put it behind the file's COMMIT.");
  } else {
    text_printf(&hint, "Put it before the BEGIN of line %zu, or behind the end of its transaction.",
                begin->line);
  }
  (void)refuse(j, st, text_string(&hint), "cannot run inside a transaction");
  text_free(&hint);
  return -1;
}

/* In a transaction the server warns, and goes on in the same. */
static int begin_transaction(judge *j, const statement *st)
{
  if (!j->open) {
    j->open = true;
    j->begun_by = (size_t)(st - j->script->statements);
  }
  return 0;
}

/* Where none is open the server warns, and does nothing. Files for drizzle-orm rely on that; in any
 * other it is a mistake. */
static int end_transaction(judge *j, statement *st)
{
  if (!j->open && !j->idiom) {
    return refuse(j, st, "Remove it, or put BEGIN before the first statement of its transaction.",
                  "has no BEGIN before it");
  }
  if (!j->open) {
    st->flags |= EMBARK_STATEMENT_REPEAT;
  } else if (st->what.kind == STATEMENT_COMMIT) {
    st->flags |= EMBARK_STATEMENT_COMMIT;
  }
  j->open = false;
  return 0;
}

static int judge_kind(judge *j, statement *st)
{
  switch (st->what.kind) {
  case STATEMENT_BEGIN:
  case STATEMENT_BEGIN_OPTIONS:
    return begin_transaction(j, st);
  case STATEMENT_COMMIT:
  case STATEMENT_ROLLBACK:
    return end_transaction(j, st);
  case STATEMENT_CONCURRENTLY:
  case STATEMENT_NO_TRANSACTION:
    return j->open ? refuse_inside(j, st) : 0;
  case STATEMENT_COPY_OUT:
    return refuse(j, st, "Remove it, or copy into a table or a file.",
                  "has no one to read it in a migration");
  case STATEMENT_CHAIN:
    return refuse(j, st, "Write COMMIT or ROLLBACK, and BEGIN as a statement of its own.",
                  NO_WAY_ON);
  case STATEMENT_PREPARE:
    return refuse(j, st, "Write COMMIT.", NO_WAY_ON);
  case STATEMENT_PLAIN:
  case STATEMENT_COPY_IN:
  case STATEMENT_TRANSACTION: /* the server will say what is wrong with it */
    break;
  }
  return 0;
}

/* An index has a way of its own to go on, which knows better than a mark. Settings made in a
 * transaction are the session's only if it commits, so they are not made anew. */
static void set_flags(const judge *j, statement *st)
{
  st->flags = st->resume;
  if (st->marked) {
    st->flags |= EMBARK_STATEMENT_REPEAT;
  }
  if ((st->flags & EMBARK_STATEMENT_INDEX) != 0) {
    st->flags &= ~EMBARK_STATEMENT_REPEAT;
  }
  if (j->open) {
    st->flags &= ~EMBARK_STATEMENT_SESSION;
  }
}

int outside_judge(script *s, const source *src, bool drizzle, diag *d)
{
  judge j = {.script = s, .src = src, .diag = d, .idiom = drizzle && is_idiom(s)};
  if (j.idiom) {
    imply_begin(s);
  }
  for (size_t i = 0; i < s->count; i++) {
    set_flags(&j, &s->statements[i]);
    if (judge_kind(&j, &s->statements[i]) != 0) {
      return -1;
    }
  }
  if (j.open && j.idiom) {
    imply_commit(&j);
  } else if (j.open) {
    return refuse(&j, &s->statements[j.begun_by],
                  "Put COMMIT behind the last statement of its transaction.",
                  "has no end in the file");
  }
  return 0;
}
