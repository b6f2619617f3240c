/* alloc.h - memory for what is read from the folder.
 *
 * These never return NULL: out of memory ends the program with status 2 and a message. That is safe
 * only while no output file is open, so the writing side uses text.h, which fails instead.
 */
#ifndef EMBARK_TOOLS_ALLOC_H
#define EMBARK_TOOLS_ALLOC_H

#include <stddef.h>

/* `size` bytes; a block of one byte for 0. */
void *alloc_bytes(size_t size);

/* A NUL-terminated copy of `size` bytes. */
char *alloc_string(const char *bytes, size_t size);

/* Put a copy of `string` in the place of *field, which is freed; it may be a part of that. */
void alloc_replace(char **field, const char *string);

/* DIR/NAME, with one slash between. */
char *alloc_path(const char *dir, const char *name);

/* `items` with room for one more than `count`, each `item_size` bytes; *capacity is kept up to
 * date. */
void *alloc_one_more(void *items, size_t *capacity, size_t count, size_t item_size);

#endif
