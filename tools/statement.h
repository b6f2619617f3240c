/* statement.h - what a statement is, as far as a migration has to know: judged by its first
 * words. */
#ifndef EMBARK_TOOLS_STATEMENT_H
#define EMBARK_TOOLS_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "head.h"
#include "text.h"

typedef enum statement_kind {
  STATEMENT_PLAIN,
  STATEMENT_COPY_IN,        /* COPY ... FROM stdin */
  STATEMENT_COPY_OUT,       /* COPY ... TO stdout: nobody would read it */
  STATEMENT_BEGIN,          /* BEGIN or START TRANSACTION, nothing more */
  STATEMENT_BEGIN_OPTIONS,  /* the same with an isolation level and the like */
  STATEMENT_COMMIT,         /* COMMIT or END, nothing more */
  STATEMENT_ROLLBACK,       /* ROLLBACK or ABORT, nothing more */
  STATEMENT_CHAIN,          /* either AND CHAIN, which begins the next transaction */
  STATEMENT_PREPARE,        /* PREPARE TRANSACTION */
  STATEMENT_TRANSACTION,    /* what begins like COMMIT or ROLLBACK, and is none we know */
  STATEMENT_NO_TRANSACTION, /* what PostgreSQL refuses inside a transaction */
  STATEMENT_CONCURRENTLY    /* the same, and would be allowed without CONCURRENTLY */
} statement_kind;

typedef struct statement_class {
  statement_kind kind;
  const char *name; /* for messages: "CREATE INDEX CONCURRENTLY"; NULL when PLAIN */
  size_t place;     /* offset of the token to point at */
} statement_class;

/* A statement of a file; offsets are into the file's text. */
typedef struct statement {
  size_t start;  /* first byte of its first token */
  size_t end;    /* its terminator's offset when `closed`, else the byte after its last token */
  bool closed;   /* a semicolon ends it; else a breakpoint or the end of the file */
  bool settings; /* it can change session settings or the role */
  size_t line;   /* of `start`, from 1 */
  statement_class what;
  size_t data_start; /* STATEMENT_COPY_IN: its data lines */
  size_t data_end;
  bool marked; /* `-- embark: repeatable` stands above it, at `marked_at` */
  size_t marked_at;
  uint32_t resume;     /* what it says by itself, and the names that belong to that: recovery.h */
  text names;          /* owned by the script */
  uint32_t flags;      /* EMBARK_STATEMENT_* but COPY, which `what` says: outside.h sets them */
  const char *implied; /* NULL, or the text of a statement that does not stand in the file */
} statement;

statement_class statement_classify(const head *h);

/* The statement can change settings of the session, by its first word. */
bool statement_sets(const head *h);

/* What the statement makes of standard_conforming_strings, which is `now`. */
bool statement_std_strings(const head *h, bool now);

#endif
