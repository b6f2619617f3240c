/* psql.h - text in the form in which psql takes it from a file. */
#ifndef EMBARK_CLI_PSQL_H
#define EMBARK_CLI_PSQL_H

#include <stdbool.h>
#include <stddef.h>

#include "statement.h"
#include "text.h"

/* A statement of a bundle with what ends it. psql sends the very text, but for strings that it
 * would not read as the server does: those are put in another form, of the same value.
 * *std_strings: what standard_conforming_strings is for the statement, and behind it.
 * Returns what the statement is. */
statement_kind psql_put_statement(text *out, const char *sql, size_t size, bool *std_strings);

/* COPY ... FROM stdin with its data, each line of it ended. In a branch that psql does not take,
 * the data is passed over whatever is in it. */
void psql_put_copy(text *out, const char *sql, size_t size, const char *data, size_t data_size,
                   bool *std_strings);

/* A constant of SQL whatever standard_conforming_strings is; NULL is NULL. */
void psql_put_literal(text *out, const char *value);

void psql_put_identifier(text *out, const char *name);

/* An argument of a backslash command. */
void psql_put_argument(text *out, const char *value);

#endif
