/* Reads the command line. Knows every option and what values it takes; does nothing about them. */
#include "args.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "folder.h"
#include "hazard_words.h"
#include "ledger_words.h"
#include "literal.h"

static const char help[] =
    "\n"
    "Compiles a folder of PostgreSQL migrations into a C file and its header.\n"
    "\n"
    "  -o, --output FILE.c   write FILE.c, and FILE.h beside it\n"
    "  --check FILE.c        exit 1 and say why if FILE.c or FILE.h is out of date\n"
    "  --list[=text|json]    print what the folder holds\n"
    "  --depfile FILE        with -o: write what FILE.c depends on, for make\n"
    "  --function NAME       name of the function to call (run_migrations)\n"
    "  --symbol NAME         name of the bundle (embark_migrations)\n"
    "  --component NAME      whose migrations these are in a shared ledger (main)\n"
    "  --ledger KIND         native, drizzle or drizzle-tag (as the folder's layout has it)\n"
    "  --ledger-table S.T    the ledger's schema and table\n"
    "  --adopt POLICY        for a database with tables and no ledger: refuse (default) or assume\n"
    "  --forbid HAZARDS      what a pending migration must not be, unless it is approved: none\n"
    "                        (default), all, or some of "
    "destructive,rewrites,blocks-writes,\n"
    "                        blocks-reads,data-change,unclassified\n"
    "  --lint                look for what is dangerous first; an error of the linter exits with "
    "2,\n"
    "                        and nothing is written\n"
    "  --since TAG           with --lint: only the migrations behind this one\n"
    "  --strict              a leftover file in a Drizzle folder is an error, not a note\n"
    "  --help, --version\n"
    "\n"
    "Exit status: 0 done; 1 --check found it out of date; 2 anything else.\n";

void args_put_help(text *out, const char *program)
{
  text_printf(out, "usage: %s DIR -o FILE.c [options]\n", program);
  text_printf(out, "       %s DIR --check FILE.c [options]\n", program);
  text_printf(out, "       %s DIR --list[=json] [options]\n", program);
  text_printf(out, "       %s DIR --lint [options]\n", program);
  text_puts(out, help);
}

/* --- values ----------------------------------------------------------------------------------- */

typedef int set_option(args *a, const char *value, diag *d);

static int set_mode(args *a, args_mode mode, const char *file, diag *d)
{
  if (a->mode != ARGS_NONE) {
    diag_usage(d, "only one of -o, --check and --list can be given, once");
    return -1;
  }
  a->mode = mode;
  a->file = file;
  if (file != NULL && !name_ends_with(file, ".c")) {
    diag_error(d, "Choose a name such as build/migrations.c; the header gets the same with .h.",
               "the file to generate must end with .c: %s", file);
    return -1;
  }
  return 0;
}

static int set_output(args *a, const char *value, diag *d)
{
  return set_mode(a, ARGS_WRITE, value, d);
}

static int set_check(args *a, const char *value, diag *d)
{
  return set_mode(a, ARGS_CHECK, value, d);
}

static int set_list(args *a, const char *value, diag *d)
{
  bool json = value != NULL && strcmp(value, "json") == 0;
  if (value != NULL && !json && strcmp(value, "text") != 0) {
    diag_usage(d, "--list knows text and json, not \"%s\"", value);
    return -1;
  }
  a->json = a->json || json;
  return set_mode(a, ARGS_LIST, NULL, d);
}

static int set_json(args *a, const char *value, diag *d)
{
  (void)value;
  (void)d;
  a->json = true;
  return 0;
}

static int set_depfile(args *a, const char *value, diag *d)
{
  (void)d;
  a->depfile = value;
  return 0;
}

static int set_identifier(const char **out, const char *option, const char *value, diag *d)
{
  if (!literal_is_identifier(value)) {
    diag_error(d, "Use letters, digits and _, not a keyword of C or C++.",
               "%s: \"%s\" cannot be a name in C", option, value);
    return -1;
  }
  *out = value;
  return 0;
}

static int set_function(args *a, const char *value, diag *d)
{
  return set_identifier(&a->function, "--function", value, d);
}

static int set_symbol(args *a, const char *value, diag *d)
{
  return set_identifier(&a->symbol, "--symbol", value, d);
}

static int set_component(args *a, const char *value, diag *d)
{
  a->pack.component = value;
  return ledger_check_component("--component", value, d);
}

static int set_ledger(args *a, const char *value, diag *d)
{
  return ledger_read_kind(&a->pack.ledger, "--ledger", value, d);
}

static int set_ledger_table(args *a, const char *value, diag *d)
{
  free(a->ledger_schema);
  free(a->ledger_table);
  a->ledger_schema = NULL;
  a->ledger_table = NULL;
  if (ledger_read_table(&a->ledger_schema, &a->ledger_table, "--ledger-table", value, d) != 0) {
    return -1;
  }
  a->pack.ledger_schema = a->ledger_schema;
  a->pack.ledger_table = a->ledger_table;
  return 0;
}

static int set_adopt(args *a, const char *value, diag *d)
{
  bool assume = strcmp(value, "assume") == 0;
  if (!assume && strcmp(value, "refuse") != 0) {
    diag_usage(d, "--adopt knows refuse and assume, not \"%s\"", value);
    return -1;
  }
  a->pack.adopt = assume ? EMBARK_ADOPT_ASSUME : EMBARK_ADOPT_REFUSE;
  return 0;
}

static int set_forbid(args *a, const char *value, diag *d)
{
  return hazards_read(&a->pack.forbid, "--forbid", value, d);
}

static int set_lint(args *a, const char *value, diag *d)
{
  (void)value;
  (void)d;
  a->lint = true;
  return 0;
}

static int set_since(args *a, const char *value, diag *d)
{
  (void)d;
  a->since = value;
  return 0;
}

static int set_strict(args *a, const char *value, diag *d)
{
  (void)value;
  (void)d;
  a->pack.strict = true;
  return 0;
}

/* --- options ---------------------------------------------------------------------------------- */

typedef enum value_kind { VALUE_NONE, VALUE_OPTIONAL, VALUE_NEEDED } value_kind;

typedef struct option {
  const char *name;
  value_kind value;
  set_option *set;
} option;

static const option options[] = {
    {"-o",             VALUE_NEEDED,   set_output      },
    {"--output",       VALUE_NEEDED,   set_output      },
    {"--check",        VALUE_NEEDED,   set_check       },
    {"--list",         VALUE_OPTIONAL, set_list        },
    {"--json",         VALUE_NONE,     set_json        },
    {"--depfile",      VALUE_NEEDED,   set_depfile     },
    {"--function",     VALUE_NEEDED,   set_function    },
    {"--symbol",       VALUE_NEEDED,   set_symbol      },
    {"--component",    VALUE_NEEDED,   set_component   },
    {"--ledger",       VALUE_NEEDED,   set_ledger      },
    {"--ledger-table", VALUE_NEEDED,   set_ledger_table},
    {"--adopt",        VALUE_NEEDED,   set_adopt       },
    {"--forbid",       VALUE_NEEDED,   set_forbid      },
    {"--lint",         VALUE_NONE,     set_lint        },
    {"--since",        VALUE_NEEDED,   set_since       },
    {"--strict",       VALUE_NONE,     set_strict      },
};

/* The option that `arg` names; *value is what follows its = sign, or NULL. */
static const option *find_option(const char *arg, const char **value)
{
  size_t size = strcspn(arg, "=");
  *value = arg[size] == '=' ? arg + size + 1 : NULL;
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
    if (strlen(options[i].name) == size && memcmp(options[i].name, arg, size) == 0) {
      return &options[i];
    }
  }
  return NULL;
}

/* Take argv[*at], and the argument after it if the option needs it. */
static int take_option(args *a, char **argv, int *at, diag *d)
{
  const char *value = NULL;
  const char *name = argv[*at];
  const option *o = find_option(name, &value);
  if (o == NULL) {
    diag_usage(d, "unknown option %s", name);
    return -1;
  }
  if (o->value == VALUE_NEEDED && value == NULL) {
    value = argv[*at + 1];
    *at += value != NULL;
  }
  if (o->value == VALUE_NEEDED && (value == NULL || value[0] == '\0')) {
    diag_usage(d, "%s needs a value", o->name);
    return -1;
  }
  if (o->value == VALUE_NONE && value != NULL) {
    diag_usage(d, "%s takes no value", o->name);
    return -1;
  }
  return o->set(a, value, d);
}

static int check_whole(const args *a, diag *d)
{
  const char *problem = NULL;
  if (a->dir == NULL) {
    problem = "no folder is given";
  } else if (a->mode == ARGS_NONE) {
    problem = "nothing to do: give one of -o, --check, --list and --lint";
  } else if (a->since != NULL && !a->lint) {
    problem = "--since goes with --lint";
  } else if (a->depfile != NULL && a->mode != ARGS_WRITE) {
    problem = "--depfile goes with -o";
  } else if (a->json && a->mode != ARGS_LIST) {
    problem = "--json goes with --list";
  } else if (strcmp(a->function, a->symbol) == 0) {
    problem = "--function and --symbol must be different names";
  }
  if (problem != NULL) {
    diag_usage(d, "%s", problem);
    return -1;
  }
  return 0;
}

static int take_dir(args *a, const char *dir, diag *d)
{
  if (a->dir != NULL) {
    diag_usage(d, "more than one folder is given: %s and %s", a->dir, dir);
    return -1;
  }
  if (dir[0] == '\0') {
    diag_usage(d, "the folder's name is empty");
    return -1;
  }
  size_t size = strlen(dir);
  while (size > 1 && dir[size - 1] == '/') {
    size--;
  }
  a->dir = alloc_string(dir, size);
  return 0;
}

int args_read(args *a, int argc, char **argv, diag *d)
{
  *a = (args){
      .function = "run_migrations",
      .symbol = "embark_migrations",
      .pack = {.component = "main", .adopt = EMBARK_ADOPT_REFUSE}
  };
  bool only_names = false;
  for (int i = 1; i < argc; i++) {
    bool is_option = !only_names && argv[i][0] == '-' && argv[i][1] != '\0';
    if (is_option && strcmp(argv[i], "--help") == 0) {
      a->mode = ARGS_HELP;
      return 0;
    }
    if (is_option && strcmp(argv[i], "--version") == 0) {
      a->mode = ARGS_VERSION;
      return 0;
    }
    if (is_option && strcmp(argv[i], "--") == 0) {
      only_names = true;
      continue;
    }
    if ((is_option ? take_option(a, argv, &i, d) : take_dir(a, argv[i], d)) != 0) {
      return -1;
    }
  }
  if (a->mode == ARGS_NONE && a->lint) {
    a->mode = ARGS_LINT;
  }
  return check_whole(a, d);
}

void args_free(args *a)
{
  free(a->dir);
  free(a->ledger_schema);
  free(a->ledger_table);
  *a = (args){0};
}
