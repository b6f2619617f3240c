/* borrowed.h - the connection of a request: lent by the host, or asked of its `connect`. */
#ifndef EMBARK_ADMIN_BORROWED_H
#define EMBARK_ADMIN_BORROWED_H

#include "call.h"

typedef struct borrowed {
  PGconn *conn; /* NULL: none */
  bool is_lent; /* by embark_admin_handle()'s caller, until the response is freed */
  void (*release)(void *data, PGconn *conn);
  void *data;
} borrowed;

/* Get the call's connection. Returns EMBARK_OK when it is open; else EMBARK_E_CONNECTION with *err
 * filled, and then there is nothing to give back. */
int borrowed_take(borrowed *b, const call *c, embark_error *err);

/* Give it back, once; a zeroed one too. */
void borrowed_give_back(borrowed *b);

#endif
