/* place.h - where in a bundle something is that an error or a tag names. */
#ifndef EMBARK_CLI_PLACE_H
#define EMBARK_CLI_PLACE_H

#include <embark.h>

/* The bundle's migration `tag`; NULL when it has none. */
const embark_migration *place_migration(const embark_bundle *b, const char *tag);

/* How far a file is read; zeroed at first. */
typedef struct place_cursor {
  uint64_t at;
  uint32_t column;
} place_cursor;

/* The column in which the migration's `index`-th statement, from 0, begins; 0 when it is not in the
 * file. Asked for one after the other, they take one look at the file together. */
uint32_t place_next_column(place_cursor *c, const embark_bundle *b, const embark_migration *m,
                           uint32_t index);

/* The column of the error's own statement: the library knows its line, and the bundle the file
 * around it. 0 when it is not in the file. */
uint32_t place_column(const embark_bundle *b, const embark_error *err);

#endif
