/* bundle.h - holding a bundle to its word, and finding places in it. L1, pure. */
#ifndef EMBARK_BUNDLE_CHECK_H
#define EMBARK_BUNDLE_CHECK_H

#include <embark.h>

/* Whether the library can read this bundle at all; the same cost for any number of migrations.
 * Returns EMBARK_OK or EMBARK_E_BUNDLE with err filled. */
int embark__bundle_check(const embark_bundle *b, embark_error *err) EMBARK_CHECKED;

/* Every migration and statement of it, once embark__bundle_check() has passed: nothing points
 * outside the SQL, every statement is a C string, no text is missing. Returns as
 * embark__bundle_check(). */
int embark__bundle_validate(const embark_bundle *b, embark_error *err) EMBARK_CHECKED;

/* A statement's text. */
const char *embark__bundle_text(const embark_bundle *b, const embark_statement *s);

/* Which of its migration's statements one is, from 1; `index` is into the bundle's. */
uint32_t embark__bundle_number(const embark_migration *m, uint32_t index);

/* Say in an error which migration it is about and which of its statements, and where in the file:
 * at `position` as below; 0: no column is known. */
void embark__bundle_place(const embark_bundle *b, const embark_migration *m, uint32_t index,
                          size_t position, embark_error *err);

/* The line and column of a statement's `position`-th character (from 1, as the server counts), in
 * the file. A position past its end gives its last place; 0 gives its first. */
void embark__bundle_position(const embark_bundle *b, const embark_statement *s, size_t position,
                             uint32_t *line, uint32_t *column);

#endif
