/* assume.h - what is known of tables that no file says: how large they are. */
#ifndef EMBARK_LINT_ASSUME_H
#define EMBARK_LINT_ASSUME_H

#include <stdbool.h>
#include <stddef.h>

typedef struct assumption {
  const char *table; /* "users" is one of schema "public"; "*" is every table that has none */
  size_t size;       /* bytes of `table`: it need not end there */
  bool is_small;
} assumption;

/* The table `about`, "public.users", is small by what is assumed. The last that is said of it
 * counts, and only where nothing is, what is said of all. */
bool assume_small(const assumption *list, size_t count, const char *about);

#endif
