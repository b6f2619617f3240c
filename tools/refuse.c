/* Judges the statements of one file. Knows what each kind is answered with; statement.c knows which
 * statement is of which kind. */
#include "refuse.h"

#include <string.h>

#define NOT_YET "\"-- embark: no-transaction\" is not supported by this version yet."

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

/* Is this COMMIT the first transaction control of a Drizzle file? Then it is the idiom that
 * steps out of drizzle-orm's transaction, and deserves its own words. */
static bool is_drizzle_idiom(const script *s, const statement *st)
{
  for (const statement *p = s->statements; p < st; p++) {
    if (p->what.kind == STATEMENT_BEGIN || p->what.kind == STATEMENT_BEGIN_OPTIONS) {
      return false;
    }
  }
  return st->what.kind == STATEMENT_COMMIT;
}

static void refuse_transaction(const source *src, const statement *st, diag *d)
{
  diag_error_at(d, src, st->what.place,
                "Remove it. A file that is one BEGIN ... COMMIT as a whole may keep them, and"
                " savepoints are allowed.",
                "%s cannot be in a migration, which is one transaction already", st->what.name);
}

static int refuse_statement(const script *s, const source *src, const statement *st, bool drizzle,
                            diag *d)
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
    diag_error_at(d, src, st->what.place,
                  "Use a plain BEGIN or none: migrations run READ COMMITTED, READ WRITE.",
                  "%s cannot choose options in a migration", st->what.name);
    break;
  case STATEMENT_COMMIT:
    if (drizzle && is_drizzle_idiom(s, st)) {
      diag_error_at(
          d, src, st->what.place,
          "Make what follows transactional (leave out CONCURRENTLY) and remove COMMIT and"
          " BEGIN, or run it by hand.",
          "%s in order to leave Drizzle's transaction is not supported by this version yet",
          st->what.name);
      break;
    }
    refuse_transaction(src, st, d);
    break;
  case STATEMENT_BEGIN:
  case STATEMENT_TRANSACTION:
    refuse_transaction(src, st, d);
    break;
  case STATEMENT_CONCURRENTLY:
    diag_error_at(d, src, st->what.place,
                  "Leave out CONCURRENTLY, or run the statement by hand; " NOT_YET,
                  "%s cannot run inside a transaction", st->what.name);
    break;
  case STATEMENT_NO_TRANSACTION:
    diag_error_at(d, src, st->what.place, "Run the statement by hand; " NOT_YET,
                  "%s cannot run inside a transaction", st->what.name);
    break;
  }
  return -1;
}

int refuse_script(script *s, const source *src, bool drizzle, diag *d)
{
  unwrap(s);
  for (size_t i = 0; i < s->count; i++) {
    if (refuse_statement(s, src, &s->statements[i], drizzle, d) != 0) {
      return -1;
    }
  }
  return 0;
}
