/* key.c - keys of runs. */
#include "key.h"

#include <stdlib.h>
#include <string.h>

static const char *or_empty(const char *string)
{
  return string != NULL ? string : "";
}

/* Of a bundle of another format nobody knows where its digest is. It has no run. */
static const char *digest_of(const embark_bundle *b)
{
  return b->format == EMBARK_BUNDLE_FORMAT ? or_empty(b->digest) : "";
}

key key_of(const call *c, const PGconn *conn)
{
  return (key){
      {[DIGEST] = digest_of(c->bundle),
       [HOST] = or_empty(PQhost(conn)),
       [PORT] = or_empty(PQport(conn)),
       [DATABASE] = or_empty(PQdb(conn)),
       [SCHEMA] = or_empty(c->options.ledger_schema),
       [TABLE] = or_empty(c->options.ledger_table)}
  };
}

bool key_is_same(const key *a, const key *b)
{
  for (int i = 0; i < KEY_PARTS; i++) {
    if (strcmp(a->part[i], b->part[i]) != 0) {
      return false;
    }
  }
  return true;
}

bool key_copy(key *out, char **memory, const key *k)
{
  size_t size = 0;
  for (int i = 0; i < KEY_PARTS; i++) {
    size += strlen(k->part[i]) + 1;
  }
  char *at = malloc(size);
  *memory = at;
  for (int i = 0; at != NULL && i < KEY_PARTS; i++) {
    size_t length = strlen(k->part[i]) + 1;
    out->part[i] = memcpy(at, k->part[i], length);
    at += length;
  }
  return at != NULL;
}
