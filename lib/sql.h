/* sql.h - pieces that all our SQL is written with. L2.
 *
 * Every function, operator and type we use is named with its schema: objects of the same name that
 * lie on the connection's search_path must never run because of us. For the same reason our SQL has
 * no IN, BETWEEN, LIKE, IS DISTINCT FROM or NULLIF: those look their operators up by the path.
 */
#ifndef EMBARK_SQL_H
#define EMBARK_SQL_H

#include "buf.h"
#include "pipeline.h"

/* Append `text` with its short forms spelled out, which keep the tables of statements readable and
 * the library small:
 *   %T  schema and table, quoted        %S  schema, quoted
 *   %.  pg_catalog.                     %= %! %> %g %+ %- %*  its operators = <> > >= + - *
 *   %t %i %I %n  its types, as in ::pg_catalog.text: text, int4, int8, name
 *   %c  pg_catalog.set_config(          %N  joins the namespace n of the class c
 *   %R  see RAISE_TEXT
 *   %W  ... %E  end "WITH w AS (INSERT, UPDATE or DELETE", which raises unless it is about one row
 *               for which the condition between them is true
 *   %L          raises: the ledger is not as planned */
void embark__sql_put(embark__buf *out, const char *text, const char *schema, const char *table);

/* Queue `text`, spelled out in `scratch`, with `count` text parameters; about a table where it has
 * %T or %S. All return 0, or -1 when memory or the connection is gone. */
int embark__sql_send_about(embark__pipeline *p, embark__buf *scratch, const char *text,
                           const char *schema, const char *table, int count,
                           const char *const *values);
int embark__sql_send(embark__pipeline *p, embark__buf *scratch, const char *text, int count,
                     const char *const *values);

/* Append a statement as a line of a script. */
void embark__sql_put_line(embark__buf *out, const char *text, const char *schema,
                          const char *table);

#define CREATE_SCHEMA "CREATE SCHEMA %S"
int embark__sql_send_create_schema(embark__pipeline *p, embark__buf *scratch, const char *schema);

/* A point in time as ISO 8601 has it, in UTC, whatever DateStyle and TimeZone are. */
#define ISO_8601(time) "%.to_char(%.timezone('UTC', " time "), 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

/* An integer expression that fails with 22P02 and this text in its message, for want of PL/pgSQL (a
 * server whose packages were upgraded under it cannot load it). concat() is what keeps it from
 * being evaluated while the statement is planned: PostgreSQL folds what is immutable, but no stable
 * function. There is no cast in it: from text to integer there may be one of somebody's. */
#define RAISE_TEXT(sql) "%R" sql ")))"
#define RAISE(message)  RAISE_TEXT("'" message "'")
#define RAISED_BY_US    "22P02"
#define RAISED_PREFIX   "embark: "

/* Transactions have no limit of their own; PostgreSQL before 17 does not know the setting. Compared
 * as text: from text to integer there may be a cast of somebody's. */
#define SET_TRANSACTION_TIMEOUT(local)                                                             \
  "CASE WHEN %.current_setting('server_version_num')%g'170000'"                                    \
  " THEN %c'transaction_timeout', '0', " local ") END"

#define UNSUPPORTED         "0A000"
#define UNDEFINED_TABLE     "42P01"
#define INVALID_SCHEMA      "3F000"
#define UNDEFINED_COLUMN    "42703"
#define DUPLICATE_TABLE     "42P07"
#define DUPLICATE_SCHEMA    "42P06"
#define UNIQUE_VIOLATION    "23505"
#define NOT_PERMITTED       "42501"
#define READ_ONLY           "25006"
#define LOCK_NOT_AVAILABLE  "55P03"
#define DEADLOCK            "40P01"
#define NOT_SERIALIZABLE    "40001"
#define QUERY_CANCELED      "57014"
#define NO_RESOURCES        "53" /* a class: disk full, out of memory ... */
#define INVALID_TERMINATION "2D000"

#endif
