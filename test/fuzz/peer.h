/* peer.h - the other end of the wire: a server in this very process that speaks PostgreSQL's
 * protocol and answers as it should, or as the fuzzer's input has it.
 *
 * It knows the library's questions by words in them. What it says of migrations, it keeps account
 * of, so that a target can tell whether a success was warranted.
 *
 *  */
#ifndef EMBARK_FUZZ_PEER_H
#define EMBARK_FUZZ_PEER_H

#include <embark.h>

#include "fuzz.h"

typedef struct peer peer;

/* What the database is like before the run. */
typedef struct peer_given {
  const embark_bundle *bundle; /* at most 8 migrations */
  unsigned applied;            /* how many of them the ledger has */
  int has_ledger;
  int has_tables;
  const char *encoding;
  size_t piece; /* the most bytes that go over the wire at once */
} peer_given;

/* A connection to a peer that takes its misdeeds from `in`, which must outlive it. */
PGconn *peer_connect(peer **out, const peer_given *given, fuzz_input *in);

/* Take in what was sent, and answer. Returns whether there was anything to do. */
int peer_pump(peer *p);

/* Hang up. What is on the wire still arrives. */
void peer_hang_up(peer *p);

/* Whether the answers say that every migration is applied. Where the peer was out of step with the
 * questions that cannot be told, and it is whether they speak of it at all. */
int peer_said_all(const peer *p);

void peer_free(peer *p);

#endif
