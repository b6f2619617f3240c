/* bundle_make.h - bundles made while a test runs, without the bundler.
 *
 * A migration's text is split in the simplest way that serves: a statement ends at a semicolon that
 * ends its line (or the text), so a function's body goes on one line. Comment lines and blanks
 * before a statement belong to none. The lines behind a `copy ... from stdin;`, up to `\.`, are its
 * data. The number a tag begins with is its time, one minute apart, so that a migration keeps its
 * time whatever bundle it is in. Hashes, chains and the digest of a Drizzle ledger are real
 * SHA-256. What `-- embark: no-transaction` as the first line makes of a text is told in
 * bundle_outside.h.
 */
#ifndef EMBARK_TEST_BUNDLE_MAKE_H
#define EMBARK_TEST_BUNDLE_MAKE_H

#include <embark_bundle.h>

/* What the library is given, and the same tables for a test to spoil. */
typedef struct made_bundle {
  embark_bundle bundle;
  embark_migration *migrations;
  embark_statement *statements;
  embark_migration *downs;
  unsigned char *sql;
} made_bundle;

/* A bundle of (tag, sql) pairs, ended by NULL; a file is its tag and ".sql". Kept until the end
 * of the test, as all bundles are. */
made_bundle *bundle_make(embark_ledger kind, ...);
made_bundle *bundle_native(const char *tag, ...);

/* As above, from arrays: `sizes` NULL where the texts end with a NUL. */
made_bundle *bundle_make_array(embark_ledger kind, size_t count, const char *const *tags,
                               const char *const *texts, const size_t *sizes);

/* Give the bundle's migration `tag` a down file, its tag and ".down.sql", with this text. */
void bundle_down(made_bundle *made, const char *tag, const char *sql);

/* Give each migration that has none a down file with this text. */
void bundle_downs(made_bundle *made, const char *sql);

/* A bundle of `count` migrations "0000_t" ..., each a table t0000 ..., and a way back for each. */
made_bundle *bundle_reversible(embark_ledger kind, unsigned count);

/* `count` tables t0000 ... of one column, a migration each: "0000_t" and up. */
made_bundle *bundle_tables(embark_ledger kind, unsigned count);

/* The first `count` migrations of a bundle, as an older program would carry them. */
made_bundle *bundle_head(const made_bundle *whole, unsigned count);

/* Put migration `index` of the bundle last but keep everything else: an order that was not so. */
made_bundle *bundle_rotated(const made_bundle *whole, unsigned index);

/* The bundle without migration `index`. */
made_bundle *bundle_without(const made_bundle *whole, unsigned index);

#endif
