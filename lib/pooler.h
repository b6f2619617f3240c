/* pooler.h - a pooler in front of the server: that it is there, and what errors come of it. L2. */
#ifndef EMBARK_POOLER_H
#define EMBARK_POOLER_H

#include <embark.h>

/* Whether a pooler is in front of the server whose backend calls itself `backend_pid`: a pooler
 * tells its clients a number of its own. One that passes the server's on is not seen. */
int embark__pooler_is_between(const PGconn *conn, int32_t backend_pid);

/* Whether the connection ended with these words because the pooler allows no transactions; then
 * `err` says so, whatever it said before. */
int embark__pooler_forbids_transactions(embark_error *err, const char *farewell);

/* Add to the hint of an error that may come of the pooler what the pooler has to do with it. */
void embark__pooler_explain(embark_error *err);

#endif
