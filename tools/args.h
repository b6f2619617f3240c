/* args.h - the command line. */
#ifndef EMBARK_TOOLS_ARGS_H
#define EMBARK_TOOLS_ARGS_H

#include <stdbool.h>

#include "diag.h"
#include "pack.h"
#include "text.h"

typedef enum args_mode {
  ARGS_NONE,
  ARGS_WRITE, /* -o FILE */
  ARGS_CHECK, /* --check FILE */
  ARGS_LIST,
  ARGS_LINT, /* --lint, and nothing more */
  ARGS_HELP,
  ARGS_VERSION
} args_mode;

typedef struct args {
  args_mode mode;
  char *dir;        /* owned; without slashes at its end */
  const char *file; /* of -o or --check; ends with ".c" */
  const char *depfile;
  const char *function;
  const char *symbol;
  bool json;
  bool lint;
  const char *since; /* of --lint; NULL: the whole folder */
  pack_options pack;
  char *ledger_schema; /* owned; pack borrows them */
  char *ledger_table;
} args;

/* Returns 0, or -1 with the error in `d`; `a` is to be freed in either case. */
int args_read(args *a, int argc, char **argv, diag *d);

void args_free(args *a);

/* Add what --help prints; `program` is what the tool is called by. */
void args_put_help(text *out, const char *program);

#endif
