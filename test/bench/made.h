/* made.h - bundles made in memory. Hashes and chains are distinct numbers, not digests: nobody at
 * run time can tell. */
#ifndef EMBARK_BENCH_MADE_H
#define EMBARK_BENCH_MADE_H

#include <embark_bundle.h>

typedef struct made_names {
  char tag[24], file[32], hash[65], chain[65];
} made_names;

typedef struct made {
  embark_bundle bundle;
  embark_migration *migrations;
  embark_statement *statements;
  made_names *names;
  unsigned char *sql;
  size_t sql_room, statement_room;
} made;

/* `count` migrations, all empty yet. A bundle may be given to the library with a smaller
 * migration_count, as an older program's. */
made *made_new(embark_ledger kind, uint32_t count);

/* `count` migrations of a table, an index and an insert of two rows each. */
made *made_tables(embark_ledger kind, uint32_t count);
void made_free(made *m);

/* Add a statement to a migration; migrations are filled in order. made_copy's text is a
 * COPY ... FROM stdin and gets `size` bytes of data, the line `line` over and over. */
void made_statement(made *m, uint32_t migration, const char *text);
void made_copy(made *m, uint32_t migration, const char *text, const char *line, size_t size);

/* Write all SQL as a file for psql. */
void made_write(const made *m, const char *path);

#endif
