/* bundle_outside.h - migrations without a transaction, in bundles made by tests (bundle_make.h).
 *
 * A migration whose text begins with the line `-- embark: no-transaction` gets its flag and its
 * statements' marks, and its statements the flags that a few spellings in lower case stand for:
 *   INDEX, WAITS       create [unique] index concurrently [if not exists] NAME on [only] TABLE
 *   DROP, WAITS        drop index concurrently [if exists] NAME
 *   COMMIT             commit
 *   REPEAT             begin, vacuum ..., and a statement below a line `-- embark: repeatable`
 *   REPEAT, SESSION    set ...
 */
#ifndef EMBARK_TEST_BUNDLE_OUTSIDE_H
#define EMBARK_TEST_BUNDLE_OUTSIDE_H

#include <stddef.h>

#include <embark_bundle.h>

/* Give migration `m`, which is split, what it needs if it says that it is one of these. Its
 * statements lie in `statements`, and the names of its indexes are put at sql[names_at], where
 * there is room for as many bytes as its text has. Returns how many bytes that took. */
size_t bundle_outside(embark_migration *m, embark_statement *statements, unsigned char *sql,
                      size_t names_at);

#endif
