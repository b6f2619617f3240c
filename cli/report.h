/* report.h - what a command says to people on standard error, or into the document. */
#ifndef EMBARK_CLI_REPORT_H
#define EMBARK_CLI_REPORT_H

#include "cli.h"
#include "database.h"

/* A hint, of who said which database. */
#define REPORT_NEEDS_PASSWORD                                                                      \
  "The connection was made as %s says. The password can be in PGPASSWORD, in ~/.pgpass, or there."

/* An error: its message, the place in the file with a caret, DETAIL and HINT. */
void report_error(cli *c, const embark_error *err);

/* The errors of the command line or the folder that are in c->diag. */
void report_diag(cli *c);

/* The notes that are in c->diag, and no errors. */
void report_notes(cli *c);

/* c->conn could not be made. */
void report_no_connection(cli *c, const database *db);

/* With --verbose: which database this is, and who said so; never the password. */
void report_connected(cli *c, const database *db);

/* A note to people, a line without its newline; nothing with --quiet or --json. */
void report_note(cli *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
