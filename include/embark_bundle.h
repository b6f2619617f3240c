/* embark_bundle.h - what `embark-bundle` writes: migrations as plain data.
 *
 * A bundle is constant, points only at constant data, owns nothing and needs no clean-up. Any
 * number of threads may read it. Programs normally never build one by hand; the layout is public so
 * that the generated file compiles against it, and so that tests and other generators can.
 *
 * The SQL is carried once. `sql` holds the text of every migration file, one after the other,
 * without byte order marks, and with a NUL byte where each statement ends (in place of its
 * semicolon, or put in where it has none). A statement is therefore a C string inside `sql`: it is
 * sent as it lies there, and the file's text can still be shown. docs/bundle-format.md describes
 * the format and its limits.
 */
#ifndef EMBARK_BUNDLE_H
#define EMBARK_BUNDLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The format this header describes. The library refuses a bundle of any other. */
#define EMBARK_BUNDLE_FORMAT 1u

/* Where the record of applied migrations is kept. */
typedef enum embark_ledger {
  EMBARK_LEDGER_NATIVE = 1,     /* embark.migrations: tag, position, hash, chain, state ... */
  EMBARK_LEDGER_DRIZZLE = 2,    /* drizzle-orm's (id, hash, created_at); hash of the raw file */
  EMBARK_LEDGER_DRIZZLE_TAG = 3 /* the same table with the tag in `hash` */
} embark_ledger;

/* What to do with a database that has tables but no ledger. */
typedef enum embark_adopt {
  EMBARK_ADOPT_DEFAULT = 0, /* in options: as the bundle says; in a bundle: refuse */
  EMBARK_ADOPT_REFUSE = 1,  /* stop with EMBARK_E_ADOPT before anything runs */
  EMBARK_ADOPT_ASSUME = 2   /* record every migration of the bundle as adopted, run none */
} embark_adopt;

/* Flags of a migration. */
#define EMBARK_MIGRATION_SETTINGS       1u /* a statement of it can change settings or the role */
#define EMBARK_MIGRATION_NO_TRANSACTION 2u /* its statements run one by one, each on its own */

/* Flags of a statement. All but COPY are of use in NO_TRANSACTION migrations alone, and are only
 * set there: they say how a run goes on that finds the statement interrupted. */
#define EMBARK_STATEMENT_COPY    1u  /* COPY ... FROM stdin: takes the data */
#define EMBARK_STATEMENT_REPEAT  2u  /* may run once more when nobody knows whether it ran */
#define EMBARK_STATEMENT_COMMIT  4u  /* commits the transaction that the file itself began */
#define EMBARK_STATEMENT_INDEX   8u  /* CREATE INDEX CONCURRENTLY; the data is table, NUL, name */
#define EMBARK_STATEMENT_DROP    16u /* DROP INDEX CONCURRENTLY; the data is the index's name */
#define EMBARK_STATEMENT_WAITS   32u /* waits for other transactions by design: no lock_timeout */
#define EMBARK_STATEMENT_SESSION 64u /* SET and RESET: to be done anew before a later statement */

/* What a statement may do to what is there when it runs: a set. "For longer than an instant" is: in
 * proportion to a table's size, or until the end of a transaction that has such work in it. A short
 * lock is no hazard: a run gives up on it after lock_timeout_ms and tries again. */
#define EMBARK_HAZARD_DESTRUCTIVE   1u  /* data, or what programs rely on, is gone for good */
#define EMBARK_HAZARD_REWRITES      2u  /* a table is written anew */
#define EMBARK_HAZARD_BLOCKS_WRITES 4u  /* holds up a table's writers for longer than an instant */
#define EMBARK_HAZARD_BLOCKS_READS  8u  /* holds up its readers, too */
#define EMBARK_HAZARD_DATA_CHANGE   16u /* adds, changes or removes rows of a table */
#define EMBARK_HAZARD_UNCLASSIFIED  32u /* the bundler cannot tell what it does */
#define EMBARK_HAZARD_ALL           63u

#define EMBARK_MARK_LENGTH    16u /* hex digits that tell one statement from another */
#define EMBARK_OUTLINE_LENGTH 32u

/* One statement. `sql + offset` is its text, NUL-terminated, `length` bytes without the NUL. It
 * starts at the statement's first token; white space and comments before that belong to no
 * statement. */
typedef struct embark_statement {
  uint64_t offset;
  uint64_t length;
  uint64_t data_offset; /* COPY: where its data lines start in `sql`; INDEX, DROP: the names */
  uint64_t data_length; /* COPY: bytes of data, each line ended by \n, without the closing \.;
                           INDEX, DROP: of the names as they are written, each with its NUL */
  uint32_t line;        /* line of the file on which the statement starts, from 1 */
  uint16_t flags;       /* EMBARK_STATEMENT_* */
  uint16_t hazards;     /* EMBARK_HAZARD_* */
  uint32_t made_by;  /* index + 1 of the migration that makes what the hazards endanger, the oldest
                           of several: until that is applied nobody can be hurt. 0: not known */
  uint32_t reserved; /* 0 */
} embark_statement;

/* One migration. */
typedef struct embark_migration {
  const char *tag;                 /* "0007_add_orders"; unique in the bundle */
  const char *file;                /* the file's name relative to its folder, for messages */
  const char *hash;                /* 64 lower-case hex digits: what the ledger records */
  const char *chain;               /* sha256 over the chain before it, its tag and its hash, hex */
  const char *const *other_hashes; /* NULL, or a NULL-terminated list: the same content with other
                                      line endings or a BOM; accepted, never written */
  const char *marks;               /* NO_TRANSACTION: EMBARK_MARK_LENGTH digits of each
                                      statement's SHA-256, one after the other; else NULL */
  int64_t when_ms;                 /* its time, ms since the epoch; 0 when the layout has none */
  int64_t lock_timeout_ms;         /* by directive; 0: as the options say; -1: none */
  int64_t statement_timeout_ms;    /* by directive; 0: as the options say; -1: none */
  uint64_t sql_offset;             /* the file's text in `sql` */
  uint64_t sql_length;
  uint32_t first_statement; /* index into `statements` */
  uint32_t statement_count; /* may be 0: a file of comments alone */
  uint32_t flags;           /* EMBARK_MIGRATION_* */
  uint32_t down;            /* what reverts it: index + 1 into the bundle's `downs`; 0: nothing */
  const char *outline;      /* two digests of the text, of EMBARK_OUTLINE_LENGTH digits in all: one
                               without white space, one without comments too. They tell what kind of
                               change a change is. NULL in `downs` */
} embark_migration;

/* A folder of migrations, in the order in which they are to be applied. */
typedef struct embark_bundle {
  uint32_t format;       /* EMBARK_BUNDLE_FORMAT */
  uint32_t forbid;       /* EMBARK_HAZARD_*: a pending migration with one of them runs only when it
                            is approved by name, see embark_options */
  const char *component; /* whose migrations these are in a shared native ledger; "main" */
  embark_ledger ledger;
  embark_adopt adopt;
  const char *ledger_schema; /* unquoted, as in the catalog */
  const char *ledger_table;
  const char *digest; /* 64 hex digits over everything in the bundle that matters at run time */
  const char *ledger_digest; /* Drizzle ledgers: what the server computes over its rows when it is
                                  exactly up to date; NULL for a native ledger */
  const unsigned char *sql;  /* `sql_size` bytes, and a NUL behind them that is not counted */
  uint64_t sql_size;
  const embark_migration *migrations;
  const embark_statement *statements;
  uint32_t migration_count;
  uint32_t statement_count;
  const embark_migration *downs; /* what reverts migrations, in their order. Each has the tag of the
                                    migration it reverts and a file of its own; hash, chain, marks
                                    and other_hashes are NULL. NULL when there are none */
  uint32_t down_count;
  uint32_t reserved_too; /* 0 */
} embark_bundle;

#ifdef __cplusplus
}
#endif

#endif
