/* builtin.h - functions of PostgreSQL and its usual extensions that change no table. */
#ifndef EMBARK_LINT_BUILTIN_H
#define EMBARK_LINT_BUILTIN_H

#include <stdbool.h>

/* name: without its schema. */
bool builtin_is_harmless(const char *name);

#endif
