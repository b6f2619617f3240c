/* cli.h - what a command works with, and how one ends.
 *
 * A command is a function of its own file. It reads c->flags, opens what it needs (the bundle, the
 * connection), runs an op of the library through drive.h, says what came of it to people or, with
 * --json, in c->document, and returns an exit status.
 */
#ifndef EMBARK_CLI_CLI_H
#define EMBARK_CLI_CLI_H

#include <embark.h>
#include <libpq-fe.h>
#include <stdbool.h>

#include "diag.h"
#include "document.h"
#include "exit_status.h"
#include "flags.h"
#include "loaded.h"
#include "screen.h"

typedef struct command command;

typedef struct cli {
  const char *program; /* how the command was called, for messages: "embark" */
  const command *command;
  flags flags;
  const embark_bundle *bundle; /* linked in, or of --dir once cli_open_bundle() has it */
  bool is_linked;
  loaded folder;     /* the bundle of --dir */
  PGconn *conn;      /* NULL before cli_connect() */
  screen out;        /* standard output: what was asked for */
  screen err;        /* standard error: progress, notes, errors */
  document document; /* what --json prints at the end */
  diag diag;         /* errors of the command line and the folder */
} cli;

/* One line each, for the list of commands; `text` is what its own help says besides the options. */
struct command {
  command_id id;
  const char *name;
  const char *arguments; /* of the usage line, besides options; "" for none */
  const char *summary;
  const char *text;
  int (*run)(cli *c);
};

/* All commands, in the order of command_id. */
extern const command cli_commands[COMMANDS];

/* c->bundle is there on return of 0: the one that is linked in, or that of the folder. Else the
 * error is told, and EXIT_USAGE returned. */
int cli_open_bundle(cli *c);

/* The same for the folder `dir`, be there a linked bundle. */
int cli_open_folder(cli *c, const char *dir);

/* c->conn is there on return of 0. Else the error is told, and EXIT_CONNECT or, for a connection
 * string that cannot be read, EXIT_USAGE returned. Ends with the process or cli_free(). */
int cli_connect(cli *c);

/* The options of a run as the command line has them. Borrows from `c`. */
embark_options cli_run_options(const cli *c);

/* Tell an error of the library, to people or to the document; returns its exit status. */
int cli_fail(cli *c, const embark_error *err);

/* Tell an error of the command's own, `message` being as embark_error's; hint may be NULL. Returns
 * `status`. */
int cli_refuse(cli *c, int status, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Print `out`, which is freed, on standard output; not with --json, where the document says it all.
 * Returns EXIT_DONE; or EXIT_FAILED, when it could not be written and that was told. */
int cli_print(cli *c, text *out);

int cmd_migrate(cli *c);
int cmd_plan(cli *c);
int cmd_status(cli *c);
int cmd_verify(cli *c);
int cmd_revert(cli *c);
int cmd_adopt(cli *c);
int cmd_accept(cli *c);
int cmd_resume(cli *c);
int cmd_script(cli *c);
int cmd_new(cli *c);
int cmd_wait(cli *c);
int cmd_lint(cli *c);

#endif
