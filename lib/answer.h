/* answer.h - reading what the server answered. L2. The only place that reads fields of a PGresult,
 * any of which may be NULL or absent from a server or pooler of another make. */
#ifndef EMBARK_ANSWER_H
#define EMBARK_ANSWER_H

#include <embark.h>

/* Whether it is an error (of any severity), as against rows or success. */
int embark__answer_is_error(const PGresult *res);

/* Whether the server skipped this statement because one before it failed. */
int embark__answer_is_skipped(const PGresult *res);

/* Whether it is the server's last word: it ends the session, or itself. */
int embark__answer_is_farewell(const PGresult *res);

/* Whether an error is libpq's own and not the server's: nearly always it had no memory for what the
 * server said. */
int embark__answer_is_libpqs(const PGresult *res);

/* Whether it is a success with this command tag: "COMMIT", "SELECT 1". */
int embark__answer_has_tag(const PGresult *res, const char *tag);

/* The SQLSTATE, "" when there is none. Never NULL; belongs to the result. */
const char *embark__answer_sqlstate(const PGresult *res);
int embark__answer_has_sqlstate(const PGresult *res, const char *sqlstate);

/* Whether a lock was not to be had, or another transaction was in the way: to be tried again. */
int embark__answer_is_lock_trouble(const PGresult *res);

/* Whether somebody else has just made what was to be made. */
int embark__answer_is_duplicate(const PGresult *res);

/* Severity and message of an error or a notice; "" where there is none. Belong to the result. */
const char *embark__answer_severity(const PGresult *res);
const char *embark__answer_message(const PGresult *res);

/* A field of a row; NULL for SQL's NULL and for a field that is not there. Belongs to the result.
 */
const char *embark__answer_text(const PGresult *res, int row, int column);
int64_t embark__answer_int(const PGresult *res, int row,
                           int column);                            /* 0 where there is no number */
int embark__answer_bool(const PGresult *res, int row, int column); /* 0 but for a boolean true */

/* Describe a failure of the server in err->detail and err->sqlstate, after embark__error_set(). */
void embark__answer_describe(embark_error *err, const PGresult *res);

/* Where in its statement the server found the fault, in characters from 1; 0 when it does not say.
 */
size_t embark__answer_position(const PGresult *res);

/* Set the error for an answer that libpq could not take in: what the server did is not known here,
 * only to the ledger. */
int embark__answer_not_taken(embark_error *err);

/* Describe a connection that broke; `reason` is the server's or libpq's word on it, and may be "".
 * Returns EMBARK_E_CONNECTION. */
int embark__answer_lost(embark_error *err, const char *reason);

#endif
