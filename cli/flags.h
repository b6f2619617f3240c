/* flags.h - the command line: which options there are, which command takes them, what was given.
 * Knows nothing of what they do. */
#ifndef EMBARK_CLI_FLAGS_H
#define EMBARK_CLI_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

#include "assume.h"
#include "diag.h"
#include "pack.h"
#include "rule.h"

/* Commands, in the order in which help lists them. */
typedef enum command_id {
  CMD_MIGRATE,
  CMD_PLAN,
  CMD_STATUS,
  CMD_VERIFY,
  CMD_REVERT,
  CMD_ADOPT,
  CMD_ACCEPT,
  CMD_RESUME,
  CMD_SCRIPT,
  CMD_NEW,
  CMD_WAIT,
  CMD_LINT,
  CMD_BUNDLE,
  COMMANDS
} command_id;

typedef enum lint_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_SARIF, FORMAT_GITHUB } lint_format;

/* Values of an option that may be given again and again. */
typedef struct flags_list {
  const char **items; /* NULL behind the last; NULL: none was given */
  size_t count;
  size_t capacity;
} flags_list;

/* What was given. Texts belong to argv, but for those that flags_free() frees. Times are
 * milliseconds, 0 where nothing was said, as in embark_options. */
typedef struct flags {
  const char *dir; /* NULL: not given */
  const char *database;
  const char *lock_database;
  const char *role;
  const char *to; /* --to, --up-to */
  const char *reason;
  const char *name;    /* the argument that is no option: of new, accept, lint; else NULL */
  flags_list approved; /* tags */
  uint32_t forbid;     /* EMBARK_HAZARD_* */
  uint32_t steps;      /* 0: not given */
  int64_t lock_wait_ms;
  int64_t lock_timeout_ms;
  int64_t statement_timeout_ms;
  int64_t timeout_ms; /* of `wait` */
  pack_options pack;
  const char *since; /* of `lint`, as all down to `rules` */
  const char *explain;
  assumption *assumptions; /* flags_free() frees them */
  size_t assumption_count;
  size_t assumption_capacity;
  lint_format format;
  severity fail_on; /* SEVERITY_HIDDEN: never */
  bool pending;
  bool rules;
  char *ledger_schema; /* what pack points into, where --ledger-table was given */
  char *ledger_table;
  bool help;
  bool json;
  bool verbose;
  bool quiet;
  bool no_color;
  bool yes;
  bool all;
  bool single;
  bool dry_run;
  bool out_of_order;
  bool exit_code;
  bool done;
  bool again;
  bool offline;
  bool down;
} flags;

/* Read what follows the command's name, argv[1] on. Returns 0, or -1 with the error in `d`; in
 * either case flags_free() is due. */
int flags_read(flags *f, command_id command, int argc, char **argv, diag *d);

void flags_free(flags *f);

/* The options that `command` takes, a line each, as its help shows them. */
void flags_help(text *out, command_id command);

#endif
