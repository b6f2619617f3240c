/* allow.h - `-- embark: allow RULE: REASON`: where a file says that what the linter finds is fine.
 * Which rules there are is the linter's business. */
#ifndef EMBARK_TOOLS_ALLOW_H
#define EMBARK_TOOLS_ALLOW_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "source.h"

typedef struct allow {
  char *rule;
  char *reason;
  size_t at;        /* the byte of the file where the rule's name stands */
  bool is_file;     /* it is about the whole file */
  size_t statement; /* else: the first byte of the statement that it is about */
} allow;

/* A zeroed one is empty. */
typedef struct allow_list {
  allow *items;
  size_t count;
  size_t capacity;
  size_t bound; /* so many of them have met what they are about */
} allow_list;

/* Read what follows the directive's name at byte `at`, up to `end`: "RULE: REASON". Returns 0, or
 * -1 with the error in `d`. */
int allow_read(allow_list *list, const source *src, size_t at, size_t end, diag *d);

/* A statement begins at byte `start`: those that stand above it are about it, or, above the first
 * one and set off from it by an empty line, about the whole file. */
void allow_bind(allow_list *list, const source *src, size_t start, bool is_first);

/* At the file's end. Returns 0, or -1 with the error in `d` when one has no statement below it. */
int allow_check(const allow_list *list, const source *src, diag *d);

void allow_list_free(allow_list *list);

#endif
