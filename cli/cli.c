/* cli.c - from the command line to a command, and from its end to an exit status. */
#include "cli.h"

#include <embark_cli.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "approval.h"
#include "bundle_command.h"
#include "database.h"
#include "drive.h"
#include "report.h"

static const char *base_name(const char *path)
{
  const char *slash = path != NULL ? strrchr(path, '/') : NULL;
  return slash != NULL ? slash + 1 : path != NULL ? path : "embark";
}

/* --- what commands use ------------------------------------------------------------------------ */

int cli_refuse(cli *c, int status, const char *hint, const char *format, ...)
{
  embark_error err;
  va_list args;
  memset(&err, 0, sizeof err);
  va_start(args, format);
  vsnprintf(err.message, sizeof err.message, format, args);
  va_end(args);
  snprintf(err.hint, sizeof err.hint, "%s", hint != NULL ? hint : "");
  report_error(c, &err);
  return status;
}

int cli_print(cli *c, text *out)
{
  if (c->document.root != NULL) {
    text_free(out);
    return EXIT_DONE;
  }
  return screen_flush(&c->out, out) == 0
             ? EXIT_DONE
             : cli_refuse(c, EXIT_FAILED, NULL, "the result could not be written");
}

int cli_open_folder(cli *c, const char *dir)
{
  if (loaded_build(&c->folder, dir, &c->flags.pack, &c->diag) != 0) {
    report_diag(c);
    return EXIT_USAGE;
  }
  report_notes(c);
  c->bundle = loaded_bundle(&c->folder);
  return 0;
}

int cli_open_bundle(cli *c)
{
  const flags *f = &c->flags;
  if (c->is_linked) {
    bool is_other = f->dir != NULL || f->pack.ledger != 0 || strcmp(f->pack.component, "main") != 0;
    return !is_other ? approval_check(c)
                     : cli_refuse(c, EXIT_USAGE, "Bundle the folder anew to have it otherwise.",
                                  "this program carries its own migrations, so --dir, --ledger "
                                  "and --component are of no use");
  }
  int status = cli_open_folder(c, f->dir != NULL ? f->dir : "migrations");
  return status == 0 ? approval_check(c) : status;
}

int cli_connect(cli *c)
{
  database db = database_choose(&c->flags);
  database for_lock = database_for_lock(&c->flags);
  if (for_lock.conninfo != NULL && database_check(&for_lock, &c->diag) != 0) {
    report_diag(c);
    return EXIT_USAGE;
  }
  c->conn = database_connect(&db, &c->flags, &c->diag);
  if (c->conn == NULL) {
    report_diag(c);
    return EXIT_USAGE;
  }
  if (PQstatus(c->conn) != CONNECTION_OK) {
    report_no_connection(c, &db);
    return EXIT_CONNECT;
  }
  report_connected(c, &db);
  return 0;
}

embark_options cli_run_options(const cli *c)
{
  embark_options options = EMBARK_OPTIONS_INIT;
  const flags *f = &c->flags;
  options.lock_wait_ms = f->lock_wait_ms;
  options.lock_timeout_ms = f->lock_timeout_ms;
  options.statement_timeout_ms = f->statement_timeout_ms;
  options.flags = (f->out_of_order ? EMBARK_OUT_OF_ORDER : 0) | (f->dry_run ? EMBARK_DRY_RUN : 0);
  options.ledger_schema = f->ledger_schema;
  options.ledger_table = f->ledger_table;
  options.target = f->to;
  options.steps = f->single ? 1 : f->steps;
  options.reason = f->reason;
  options.forbid = f->forbid;
  options.approved = f->approved.items;
  options.keeper_conninfo = database_for_lock(f).conninfo;
  return options;
}

int cli_fail(cli *c, const embark_error *err)
{
  embark_error told = *err;
  advice_rephrase(&told, c->program, c->is_linked);
  report_error(c, &told);
  return drive_was_interrupted() ? EXIT_INTERRUPTED : exit_status_of(err->code);
}

/* --- the command line ------------------------------------------------------------------------- */

static void put_usage(const cli *c, text *out)
{
  text_printf(out, "usage: %s COMMAND [options]\n\n", c->program);
  text_puts(out, "PostgreSQL migrations, applied exactly once.\n\n");
  for (size_t i = 0; i < COMMANDS; i++) {
    text_printf(out, "  %-10s%s\n", cli_commands[i].name, cli_commands[i].summary);
  }
  text_printf(out,
              "\n%s COMMAND --help tells more. The database is --database, DATABASE_URL,\n"
              "POSTGRES_URL, or what libpq's own environment says.\n"
              "\n"
              "Exit status: 0 done; 1 failed; 2 usage or bad folder; 3 pending; 4 drift;\n"
              "5 a lock was not to be had; 6 no connection; 7 a person has to approve it;\n"
              "130 interrupted.\n",
              c->program);
}

static void put_help(const cli *c, text *out)
{
  const command *cmd = c->command;
  text_printf(out, "usage: %s %s%s%s [options]\n\n%s\n\n", c->program, cmd->name,
              cmd->arguments[0] != '\0' ? " " : "", cmd->arguments, cmd->text);
  flags_help(out, cmd->id);
}

static int print(cli *c, text *t)
{
  return screen_flush(&c->out, t) == 0 ? EXIT_DONE : EXIT_FAILED;
}

static const command *find_command(const char *name)
{
  for (size_t i = 0; i < COMMANDS; i++) {
    if (strcmp(cli_commands[i].name, name) == 0) {
      return &cli_commands[i];
    }
  }
  return NULL;
}

/* What stands in a command's place. */
static int run_word(cli *c, const char *word)
{
  text out = {0};
  if (strcmp(word, "--version") == 0) {
    text_printf(&out, "embark %s\n", embark_version());
    if (c->bundle != NULL) {
      text_printf(&out, "bundle %s\n", c->bundle->digest);
    }
    return print(c, &out);
  }
  if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
    put_usage(c, &out);
    return print(c, &out);
  }
  text_printf(&out, "%s --help lists the commands.", c->program);
  int status = cli_refuse(c, EXIT_USAGE, text_string(&out), "there is no command \"%s\"", word);
  text_free(&out);
  return status;
}

/* Whether errors of the command line itself belong into a document. */
static bool wants_json(int argc, char **argv)
{
  for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
    bool is_format = strcmp(argv[i], "--format") == 0 && i + 1 < argc;
    if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "--format=json") == 0 ||
        (is_format && strcmp(argv[i + 1], "json") == 0)) {
      return true;
    }
  }
  return false;
}

static int finish(cli *c, int status)
{
  if (c->document.root != NULL && document_close(&c->document, status) != 0) {
    return cli_refuse(c, EXIT_FAILED, NULL, "the result could not be written");
  }
  return status;
}

static int run_command(cli *c, int argc, char **argv)
{
  text out = {0};
  char name[128]; /* "embark migrate" */
  snprintf(name, sizeof name, "%s %s", c->program, c->command->name);
  c->diag.program = name;
  if (wants_json(argc, argv)) {
    document_open(&c->document, c->command->name);
  }
  if (flags_read(&c->flags, c->command->id, argc, argv, &c->diag) != 0) {
    report_diag(c);
    return finish(c, EXIT_USAGE);
  }
  if (c->flags.help) {
    put_help(c, &out);
    return print(c, &out);
  }
  screen_open(&c->out, stdout, c->flags.no_color);
  screen_open(&c->err, stderr, c->flags.no_color);
  return finish(c, c->command->run(c));
}

/* The build tool, called as it is but for its name. */
static int run_bundle(const cli *c, int argc, char **argv)
{
  text name = {0};
  text_printf(&name, "%s bundle", c->program);
  argv[0] = name.bytes;
  int status = name.failed ? EXIT_FAILED : bundle_command(argc, argv);
  text_free(&name);
  return status;
}

static void cli_free(cli *c)
{
  PQfinish(c->conn);
  json_decref(c->document.root);
  loaded_free(&c->folder);
  flags_free(&c->flags);
  diag_free(&c->diag);
}

int embark_cli(int argc, char **argv, const embark_bundle *bundle)
{
  cli c = {.program = base_name(argc > 0 ? argv[0] : NULL),
           .bundle = bundle,
           .is_linked = bundle != NULL};
  screen_open(&c.out, stdout, false);
  screen_open(&c.err, stderr, false);
  if (argc < 2) {
    text usage = {0};
    put_usage(&c, &usage);
    screen_flush(&c.err, &usage);
    return EXIT_USAGE;
  }
  c.command = find_command(argv[1]);
  int status;
  if (c.command == NULL) {
    status = run_word(&c, argv[1]);
  } else if (c.command->id == CMD_BUNDLE) {
    status = run_bundle(&c, argc - 1, argv + 1);
  } else {
    status = run_command(&c, argc - 1, argv + 1);
  }
  cli_free(&c);
  return status;
}
