/* key.h - what a run is about: two requests with the same key want the same thing done. */
#ifndef EMBARK_ADMIN_KEY_H
#define EMBARK_ADMIN_KEY_H

#include <stdbool.h>

#include "call.h"

/* The digest covers the bundle's own ledger: SCHEMA and TABLE are what the options name instead, or
 * "". As lib/once.c has it. */
typedef enum key_part { DIGEST, HOST, PORT, DATABASE, SCHEMA, TABLE, KEY_PARTS } key_part;

typedef struct key {
  const char *part[KEY_PARTS];
} key;

/* The key of a call on a connection, from whose strings it borrows. */
key key_of(const call *c, const PGconn *conn);

bool key_is_same(const key *a, const key *b);

/* A copy with strings of its own, in one block that *memory is to be freed as. Returns false when
 * memory is gone. */
bool key_copy(key *out, char **memory, const key *k);

#endif
