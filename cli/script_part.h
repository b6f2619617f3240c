/* script_part.h - what the parts of a script are written with. Private to script*.c.
 *
 * As in the library, every function, operator and type is named with its schema: the script is run
 * by whoever may do most, and objects of the same name on the search_path must not run because of
 * it. */
#ifndef EMBARK_CLI_SCRIPT_PART_H
#define EMBARK_CLI_SCRIPT_PART_H

#include "script.h"
#include "statement.h"

typedef struct script_writer {
  text *out;
  const script_plan *plan;
  const embark_bundle *bundle;
  int64_t lock_key;
  text ledger;   /* quoted and qualified */
  text progress; /* the table of unfinished migrations, likewise */
  text audit;    /* that of what was done by hand */
} script_writer;

/* Append `sql` with its short forms spelled out:
 *   %T  the ledger          %P  the table of progress     %K  the lock's key
 *   %O  the ledger as a literal of its quoted name        %C  the component, a literal
 *   %.  pg_catalog.         %=  OPERATOR(pg_catalog.=)     %!  OPERATOR(pg_catalog.<>)
 *   %t  ::pg_catalog.text   %1 to %9  values[0] to values[8] as literals */
void script_sql(script_writer *w, const char *sql, const char *const *values);

/* An integer expression that fails with this text, which is a list of expressions. See lib/sql.h
 * for why it is written so. */
#define RAISE_LIST(list) "%.int4in(%.textout(%.concat('embark: ', " list ")))"
#define RAISE(message)   RAISE_LIST("'" message "'")
/* Fail with the text where the condition holds. */
#define REFUSE(condition, list)                                                                    \
  "SELECT CASE WHEN " condition                                                                    \
  "\n  THEN " RAISE_LIST(list) " ELSE 0 END AS embark_ignored \\gset\n"

/* Room for any int64_t in decimal. */
typedef char script_digits[24];
const char *script_decimal(script_digits out, int64_t value);

/* The transaction that a migration, or the ledger, is made in: BEGIN, its settings, the lock. `m`
 * NULL: for the ledger. */
void script_begin(script_writer *w, const embark_migration *m, bool takes_lock);

/* By directive, else by option, else `otherwise`; 0 is PostgreSQL's word for no limit. */
int64_t script_limit(int64_t directive, int64_t option, int64_t otherwise);

/* Of PostgreSQL 17 on: no limit. is_local: for the transaction alone. */
void script_put_no_limit(script_writer *w, bool is_local);

/* Role and encoding as they were; and, behind the ledger's row, every setting. */
void script_put_role(script_writer *w);
void script_put_settings_back(script_writer *w, const embark_migration *m);

/* script_history.c: an error unless history is what the script supposes. */
void script_put_history(script_writer *w);

/* Up to \if: the ledger has migration `index`. Where it does not: an error unless the one before
 * it is there. */
void script_put_question(script_writer *w, uint32_t index);
void script_put_guard(script_writer *w, uint32_t index);

/* script_ledger.c: the ledger, where it is missing; a row of it; after late migrations, the places
 * of all. */
void script_put_ledger(script_writer *w);
void script_put_row(script_writer *w, uint32_t index, const char *state);
void script_put_restamp(script_writer *w);

/* script_outside.c: a migration without a transaction. */
void script_put_outside(script_writer *w, uint32_t index);

/* A statement as psql takes it, with its data. Returns what it is. */
statement_kind script_put_statement(script_writer *w, const embark_statement *s, bool *std_strings);

/* What the script says to whoever runs it: `tag` and then `what`. */
void script_say(script_writer *w, const char *tag, const char *what);

#endif
