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

static void refuse_transaction(const source *src, const statement *st, diag *d)
{
  diag_error_at(
      d, src, st->what.place,
      "Remove it. A file that is one BEGIN ... COMMIT as a whole may keep them, savepoints"
      " are allowed, and " OF_ITS_OWN,
      "%s cannot be in a migration, which is one transaction already", st->what.name);
}

/* The mark says how to go on behind what was done; here nothing is done until all is. */
static int refuse_mark(const source *src, const statement *st, diag *d)
{
  diag_error_at(d, src, st->marked_at,
                "Remove it: as one transaction the migration leaves nothing behind that would be"
                " repeated. It is of use in a file with " DIRECTIVE "its head.",
                "repeatable is said of a statement that runs in a transaction");
  return -1;
}

static int refuse_statement(const source *src, const statement *st, diag *d)
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
    diag_error_at(
        d, src, st->what.place,
        "Use a plain BEGIN or none: migrations run READ COMMITTED, READ WRITE; " OF_ITS_OWN,
        "%s cannot choose options in a migration", st->what.name);
    break;
  case STATEMENT_BEGIN:
  case STATEMENT_COMMIT:
  case STATEMENT_ROLLBACK:
  case STATEMENT_CHAIN:
  case STATEMENT_PREPARE:
  case STATEMENT_TRANSACTION:
    refuse_transaction(src, st, d);
    break;
  case STATEMENT_CONCURRENTLY:
    diag_error_at(d, src, st->what.place, OUTSIDE ", or leave out CONCURRENTLY.",
                  "%s cannot run inside a transaction", st->what.name);
    break;
  case STATEMENT_NO_TRANSACTION:
    diag_error_at(d, src, st->what.place, OUTSIDE ".", "%s cannot run inside a transaction",
                  st->what.name);
    break;
  }
  return -1;
}

int refuse_script(script *s, const source *src, diag *d)
{
  for (size_t i = 0; i < s->count; i++) {
    if (s->statements[i].marked) {
      return refuse_mark(src, &s->statements[i], d);
    }
  }
  unwrap(s);
  for (size_t i = 0; i < s->count; i++) {
    if (refuse_statement(src, &s->statements[i], d) != 0) {
      return -1;
    }
  }
  return 0;
}
