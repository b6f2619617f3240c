/* psql.h - how psql cuts a file: it is run with the file, against a server of ours that runs
 * nothing and writes down what it is sent. */
#ifndef EMBARK_SPLIT_PSQL_H
#define EMBARK_SPLIT_PSQL_H

#include <stddef.h>

/* One message of psql's: a statement, and the data it was sent if it is a COPY. */
typedef struct psql_query {
  char *text;
  char *data; /* NULL: none was asked for */
  size_t data_size;
} psql_query;

typedef struct psql_said {
  psql_query *queries;
  size_t count, capacity;
} psql_said;

/* Run psql over `count` files, in one process; out[i] is what it sent for paths[i]. */
void psql_read(psql_said *out, const char *const *paths, size_t count);

void psql_free(psql_said *said);

#endif
