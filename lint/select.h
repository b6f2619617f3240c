/* select.h - which of the findings are told. The linter finds all that a folder has; a person wants
 * to hear of the migrations in front of them. */
#ifndef EMBARK_LINT_SELECT_H
#define EMBARK_LINT_SELECT_H

#include <stdbool.h>
#include <stddef.h>

#include "assume.h"
#include "lint.h"

/* A zeroed one asks for all migrations, each by itself. */
typedef struct select_scope {
  const bool *batch; /* by migration: it is looked at, and new together with the others; NULL: all
                        are looked at, and what an earlier one made is there by then */
  const assumption *assumptions;
  size_t assumption_count;
} select_scope;

typedef struct selected {
  const finding *finding;
  const char *reason; /* why it is allowed; NULL: it is not */
} selected;

/* A zeroed one is empty. Borrows from the lint and the pack that it is made of. */
typedef struct selection {
  selected *items; /* in the order of the folder, allowed ones among them */
  size_t count;
  size_t capacity;
  size_t of[SEVERITY_ERROR + 1]; /* how many of each severity are not allowed */
  size_t allowed;
  size_t migrations; /* that were looked at */
} selection;

/* `s` is to be freed. */
void selection_make(selection *s, const lint *l, const pack *p, const select_scope *scope);

/* The migrations behind the one of that tag are the batch. Returns the batch, to be freed, or NULL
 * when no migration has that tag. */
bool *select_since(const pack *p, const char *tag);

void selection_free(selection *s);

#endif
