/* watch.h - how far the building of an index is, asked on a second connection.
 *
 * It is an ornament: it never waits, and what goes wrong with it ends it without a word. */
#ifndef EMBARK_CLI_WATCH_H
#define EMBARK_CLI_WATCH_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "flags.h"

typedef struct watch {
  PGconn *conn;
  bool is_over; /* it failed once, and is let be */
  bool is_connected;
  bool is_asked;
  int64_t asked_ms;
  PostgresPollingStatusType wants;
  char phase[64]; /* the server's words for what it does; "" as long as nothing is known */
  int64_t done;   /* of `total`, whatever the phase counts; 0 where it counts nothing */
  int64_t total;
} watch;

/* Go on with connecting or asking, as far as is possible at once. `of` is the connection that the
 * build runs on, to whose server this one goes. */
void watch_poll(watch *w, const flags *f, PGconn *of, int64_t now_ms);

/* The statement is done. */
void watch_close(watch *w);

#endif
