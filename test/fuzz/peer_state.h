/* peer_state.h - the peer's own view of itself, for peer.c and misdeed.c. */
#ifndef EMBARK_FUZZ_PEER_STATE_H
#define EMBARK_FUZZ_PEER_STATE_H

#include "peer.h"
#include "protocol.h"

struct peer {
  peer_given given;
  fuzz_input *choices;
  int fd;
  wire in, out;
  int started, gone;
  char *sql;      /* of the last Parse or Query */
  int simple;     /* it was a Query */
  int in_copy;    /* COPY data is awaited */
  int skipping;   /* after an error, until the Sync */
  char status;    /* of the transaction: I, T, E */
  int has_ledger; /* as the database has it */
  unsigned about; /* migrations that the last parameters speak of; a bit each, as those below */
  unsigned applied;
  unsigned inserted; /* by the transaction under way */
  unsigned said;     /* the client was told that they are applied */
  int believe;       /* rows were made up, which may say anything */
  int out_of_step;   /* answers and questions do not match any more */
};

/* Answer the question as a server should. */
void peer_answer(peer *p);

/* Answer with an error. */
void peer_refuse(peer *p, const char *sqlstate, const char *text);

/* Do wrong, if the input has it so. Returns 0 when nothing was done, and the answer is still due.
 * */
int peer_misbehave(peer *p);
void peer_misbehave_or_answer(peer *p);

/* ReadyForQuery, or what the input has in its place. */
void peer_sync(peer *p);

#endif
