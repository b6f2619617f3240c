/* builtin.h - what PostgreSQL itself brings: functions that change no table, those of its usual
 * extensions too, and names of types. */
#ifndef EMBARK_LINT_BUILTIN_H
#define EMBARK_LINT_BUILTIN_H

#include <stdbool.h>

/* name: without its schema. */
bool builtin_is_harmless(const char *name);

/* A type that is none: an integer, NOT NULL, and a sequence for it. NULL is no name. */
bool builtin_is_serial(const char *type);

#endif
