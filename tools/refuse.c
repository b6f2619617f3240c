/* Judges the statements of one file. Knows what each kind is answered with; statement.c knows which
 * statement is of which kind. */
#include "refuse.h"

#include <string.h>

#define DIRECTIVE  "\"-- embark: no-transaction\" at "
#define OUTSIDE    "Put " DIRECTIVE "the head of the file (and keep in it only what needs it)"
#define OF_ITS_OWN "with " DIRECTIVE "its head a file may hold transactions of its own."

/* Drop BEGIN and COMMIT around the whole: the library brings its own. */
static void unwrap(script *s)
{
  if (s->count < 2 || s->statements[0].what.kind != STATEMENT_BEGIN ||
      s->statements[s->count - 1].what.kind != STATEMENT_COMMIT) {
    return;
  }
  s->count -= 2;
  memmove(s->statements, s->statements + 1, s->count * sizeof s->statements[0]);
}

/* What is refused is the same in a migration and in a file that reverts one; the ways out differ,
 * because the latter cannot leave its transaction. */
typedef struct hints {
  const char *transaction;
  const char *begin_options;
  const char *mark;
  const char *concurrently;
  const char *no_transaction;
  const char *where; /* what may not hold a transaction of its own */
} hints;

static const hints of_migration = {
    .transaction = "Remove it. A file that is one BEGIN ... COMMIT as a whole may keep them,"
                   " savepoints are allowed, and " OF_ITS_OWN,
    .begin_options = "Use a plain BEGIN or none: migrations run READ COMMITTED, READ WRITE;"
                     " " OF_ITS_OWN,
    .mark = "Remove it: as one transaction the migration leaves nothing behind that would be"
            " repeated. It is of use in a file with " DIRECTIVE "its head.",
    .concurrently = OUTSIDE ", or leave out CONCURRENTLY.",
    .no_transaction = OUTSIDE ".",
    .where = "a migration, which is one transaction already",
};

static const hints of_down = {
    .transaction = "Remove it. A file that is one BEGIN ... COMMIT as a whole may keep them, and"
                   " savepoints are allowed.",
    .begin_options = "Use a plain BEGIN or none: it runs READ COMMITTED, READ WRITE.",
    .mark = "Remove it: as one transaction the file leaves nothing behind that would be repeated.",
    .concurrently = "Leave out CONCURRENTLY: what reverts a migration is one transaction with the"
                    " removal of its row from the ledger. Where that would lock a table for too"
                    " long, undo it with a new migration.",
    .no_transaction = "Remove it: what reverts a migration is one transaction with the removal of"
                      " its row from the ledger. What needs it can be undone with a new migration.",
    .where = "a file that reverts a migration, which is one transaction already",
};

/* The mark says how to go on behind what was done; here nothing is done until all is. */
static int refuse_mark(const source *src, const statement *st, const hints *h, diag *d)
{
  diag_error_at(d, src, st->marked_at, h->mark,
                "repeatable is said of a statement that runs in a transaction");
  return -1;
}

static int refuse_statement(const source *src, const statement *st, const hints *h, diag *d)
{
  switch (st->what.kind) {
  case STATEMENT_PLAIN:
  case STATEMENT_COPY_IN:
    return 0;
  case STATEMENT_COPY_OUT:
    diag_error_at(d, src, st->what.place, "Remove it, or copy into a table or a file.",
                  "%s has no one to read it in a migration", st->what.name);
    break;
  case STATEMENT_BEGIN_OPTIONS:
    diag_error_at(d, src, st->what.place, h->begin_options,
                  "%s cannot choose options in a migration", st->what.name);
    break;
  case STATEMENT_BEGIN:
  case STATEMENT_COMMIT:
  case STATEMENT_ROLLBACK:
  case STATEMENT_CHAIN:
  case STATEMENT_PREPARE:
  case STATEMENT_TRANSACTION:
    diag_error_at(d, src, st->what.place, h->transaction, "%s cannot be in %s", st->what.name,
                  h->where);
    break;
  case STATEMENT_CONCURRENTLY:
    diag_error_at(d, src, st->what.place, h->concurrently, "%s cannot run inside a transaction",
                  st->what.name);
    break;
  case STATEMENT_NO_TRANSACTION:
    diag_error_at(d, src, st->what.place, h->no_transaction, "%s cannot run inside a transaction",
                  st->what.name);
    break;
  }
  return -1;
}

static int refuse(script *s, const source *src, const hints *h, diag *d)
{
  for (size_t i = 0; i < s->count; i++) {
    if (s->statements[i].marked) {
      return refuse_mark(src, &s->statements[i], h, d);
    }
  }
  unwrap(s);
  for (size_t i = 0; i < s->count; i++) {
    if (refuse_statement(src, &s->statements[i], h, d) != 0) {
      return -1;
    }
  }
  return 0;
}

int refuse_script(script *s, const source *src, diag *d)
{
  return refuse(s, src, &of_migration, d);
}

int refuse_down(script *s, const source *src, diag *d)
{
  if (s->directives.no_transaction) {
    diag_error_at(d, src, s->directives.no_transaction_at,
                  "Remove the line, and write what follows so that it can run in a transaction:"
                  " DROP INDEX without CONCURRENTLY, for one. What cannot is undone with a new"
                  " migration.",
                  "a file that reverts a migration runs in a transaction, with the removal of its"
                  " row from the ledger");
    return -1;
  }
  return refuse(s, src, &of_down, d);
}
