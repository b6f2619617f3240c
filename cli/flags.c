/* flags.c - one table of options; everything said of one is a row of it. */
#include "flags.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "flags_value.h"

/* Which commands take an option. */
#define OF(command) (1u << (command))
#define WITH_RUN    (OF(CMD_MIGRATE) | OF(CMD_REVERT) | OF(CMD_ADOPT) | OF(CMD_ACCEPT))
#define WITH_BUNDLE                                                                                \
  (WITH_RUN | OF(CMD_PLAN) | OF(CMD_STATUS) | OF(CMD_VERIFY) | OF(CMD_RESUME) | OF(CMD_SCRIPT))
#define WITH_FOLDER (WITH_BUNDLE | OF(CMD_LINT))
#define WITH_SERVER (WITH_FOLDER | OF(CMD_WAIT))
#define WITH_TARGET                                                                                \
  (OF(CMD_MIGRATE) | OF(CMD_PLAN) | OF(CMD_REVERT) | OF(CMD_SCRIPT) | OF(CMD_ADOPT))
#define WITH_APPROVAL (OF(CMD_MIGRATE) | OF(CMD_PLAN) | OF(CMD_SCRIPT))
#define WITH_ALL      (WITH_SERVER | OF(CMD_NEW))

typedef struct option {
  const char *name;
  const char *value; /* what help calls the value; NULL: it takes none */
  uint32_t commands;
  value_take *take;
  size_t place; /* offset into flags */
  const char *help;
} option;

/* --- options ---------------------------------------------------------------------------------- */

#define AT(field)   offsetof(flags, field)
#define HELP_COLUMN 31 /* where the texts of help begin */

/* clang-format off */
static const option options[] = {
  {"--dir", "DIR", WITH_FOLDER | OF(CMD_NEW), value_text, AT(dir),
   "folder of migrations (migrations)"},
  {"--database", "URI", WITH_SERVER, value_text, AT(database),
   "where to connect: a URI or key=value words of libpq; else\n"
   "DATABASE_URL, POSTGRES_URL, libpq's own environment"},
  {"--lock-database", "URI", WITH_RUN, value_text, AT(lock_database),
   "the same database past a pooler, for the connection that\n"
   "holds the lock; else EMBARK_DIRECT_URL"},
  {"--role", "ROLE", WITH_SERVER, value_text, AT(role), "act as this role from the start"},
  {"--to", "TAG", WITH_TARGET & ~OF(CMD_ADOPT), value_text, AT(to),
   "stop at this migration: the last one applied, or the\n"
   "newest one that `revert` lets stand"},
  {"--up-to", "TAG", OF(CMD_ADOPT), value_text, AT(to), "record the migrations up to this one"},
  {"--single", NULL, OF(CMD_MIGRATE) | OF(CMD_PLAN), value_flag, AT(single),
   "only the next one"},
  {"--steps", "N", OF(CMD_REVERT), value_count, AT(steps), "revert the newest N (1)"},
  {"--all", NULL, OF(CMD_REVERT) | OF(CMD_ADOPT) | OF(CMD_ACCEPT), value_flag, AT(all),
   "every one"},
  {"--dry-run", NULL, WITH_RUN, value_flag, AT(dry_run), "say what would be done, and do nothing"},
  {"--out-of-order", NULL, WITH_RUN | OF(CMD_PLAN) | OF(CMD_VERIFY) | OF(CMD_SCRIPT), value_flag,
   AT(out_of_order), "pending ones may be older than applied ones"},
  {"--forbid", "HAZARDS", WITH_APPROVAL, value_hazards, AT(forbid),
   "refuse what has one of these hazards, or one that the\n"
   "bundle forbids: all, or some of destructive,rewrites,\n"
   "blocks-writes,blocks-reads,data-change,unclassified"},
  {"--approve", "TAG", WITH_APPROVAL, value_list, AT(approved),
   "run this one all the same; may be given again"},
  {"--yes", NULL, OF(CMD_REVERT) | OF(CMD_ADOPT) | OF(CMD_ACCEPT), value_flag, AT(yes),
   "do not ask"},
  {"--reason", "TEXT", OF(CMD_REVERT) | OF(CMD_ADOPT) | OF(CMD_ACCEPT), value_text, AT(reason),
   "why, for the audit table"},
  {"--done", NULL, OF(CMD_RESUME), value_flag, AT(done), "the interrupted statement took effect"},
  {"--again", NULL, OF(CMD_RESUME), value_flag, AT(again), "it did not, and shall run again"},
  {"--offline", NULL, OF(CMD_SCRIPT), value_flag, AT(offline),
   "all migrations, without asking a database"},
  {"--down", NULL, OF(CMD_NEW), value_flag, AT(down), "make a down file as well"},
  {"--timeout", "TIME", OF(CMD_WAIT), value_wait, AT(timeout_ms),
   "give up after this (60s); 0: try once; none: never"},
  {"--lock-wait", "TIME", WITH_RUN, value_wait, AT(lock_wait_ms),
   "for another migrator (60s); 0: not at all; forever"},
  {"--lock-timeout", "TIME", WITH_RUN | OF(CMD_SCRIPT), value_time, AT(lock_timeout_ms),
   "of each migration, for the locks it takes (5s)"},
  {"--statement-timeout", "TIME", WITH_RUN | OF(CMD_SCRIPT), value_time, AT(statement_timeout_ms),
   "of each statement (none)"},
  {"--ledger", "KIND", WITH_FOLDER, value_ledger, 0,
   "native, drizzle or drizzle-tag (as the folder's layout has it)"},
  {"--ledger-table", "S.T", WITH_FOLDER, value_ledger_table, 0, "the ledger's schema and table"},
  {"--component", "NAME", WITH_FOLDER, value_component, 0,
   "whose migrations these are in a shared ledger (main)"},
  {"--since", "TAG", OF(CMD_LINT), value_text, AT(since),
   "only the migrations behind this one"},
  {"--pending", NULL, OF(CMD_LINT), value_flag, AT(pending),
   "only those that are pending in the database"},
  {"--assume-table-size", "T=S", OF(CMD_LINT), value_assumption, 0,
   "small: what takes long on a large table is no matter;\n"
   "large, as all are; *=small: all others"},
  {"--fail-on", "LEVEL", OF(CMD_LINT), value_fail_on, 0,
   "exit 1 for an error (the default), a warning, a note, or\n"
   "never"},
  {"--format", "FORMAT", OF(CMD_LINT), value_format, 0, "text, json, sarif or github"},
  {"--rules", NULL, OF(CMD_LINT), value_flag, AT(rules), "list the rules"},
  {"--explain", "RULE", OF(CMD_LINT), value_text, AT(explain), "what a rule is about"},
  {"--exit-code", NULL, OF(CMD_STATUS) | OF(CMD_PLAN), value_flag, AT(exit_code),
   "exit 3 when migrations are pending"},
  {"--json", NULL, WITH_ALL, value_flag, AT(json), "one JSON document on standard output"},
  {"--no-color", NULL, WITH_ALL, value_flag, AT(no_color), "plain text, as with NO_COLOR set"},
  {"--quiet", NULL, WITH_ALL, value_flag, AT(quiet), "only errors, and what was asked for"},
  {"--verbose", NULL, WITH_ALL, value_flag, AT(verbose),
   "also which database this is, and who said so"},
  {"--help", NULL, WITH_ALL, value_flag, AT(help), "this text"},
};
/* clang-format on */

static const char *const short_names[][2] = {
    {"-d", "--database"},
    {"-h", "--help"    },
    {"-n", "--dry-run" },
    {"-q", "--quiet"   },
    {"-v", "--verbose" },
    {"-y", "--yes"     },
};

static const char *long_name(const char *arg)
{
  for (size_t i = 0; i < sizeof short_names / sizeof short_names[0]; i++) {
    if (strcmp(short_names[i][0], arg) == 0) {
      return short_names[i][1];
    }
  }
  return arg;
}

/* The option of `command` that `arg` names; *value is what follows its = sign, or NULL. */
static const option *find_option(command_id command, const char *arg, const char **value)
{
  const char *name = long_name(arg);
  size_t size = strcspn(name, "=");
  *value = name[size] == '=' ? name + size + 1 : NULL;
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
    if ((options[i].commands & OF(command)) != 0 && strlen(options[i].name) == size &&
        memcmp(options[i].name, name, size) == 0) {
      return &options[i];
    }
  }
  return NULL;
}

static int take_option(flags *f, const option *o, const char *value, char **argv, int *at, diag *d)
{
  if (o->value == NULL && value != NULL) {
    diag_usage(d, "%s takes no value", o->name);
    return -1;
  }
  if (o->value != NULL && value == NULL) {
    value = argv[*at + 1];
    *at += value != NULL;
  }
  if (o->value != NULL && (value == NULL || value[0] == '\0')) {
    diag_usage(d, "%s needs a value: %s", o->name, o->value);
    return -1;
  }
  return o->take(f, (char *)f + o->place, o->name, value, d);
}

static int take_name(flags *f, command_id command, const char *name, diag *d)
{
  bool takes_one = command == CMD_NEW || command == CMD_ACCEPT || command == CMD_LINT;
  if (!takes_one || f->name != NULL) {
    diag_usage(d, "what is \"%s\"? %s", name,
               takes_one ? "one name is enough" : "this command takes options alone");
    return -1;
  }
  f->name = name;
  return 0;
}

static int read_all(flags *f, command_id command, int argc, char **argv, diag *d)
{
  bool only_names = false;
  for (int i = 1; i < argc; i++) {
    const char *value = NULL;
    if (only_names || argv[i][0] != '-' || argv[i][1] == '\0') {
      if (take_name(f, command, argv[i], d) != 0) {
        return -1;
      }
      continue;
    }
    if (strcmp(argv[i], "--") == 0) {
      only_names = true;
      continue;
    }
    const option *o = find_option(command, argv[i], &value);
    if (o == NULL) {
      diag_usage(d, "unknown option %.*s", (int)strcspn(argv[i], "="), argv[i]);
      return -1;
    }
    if (take_option(f, o, value, argv, &i, d) != 0) {
      return -1;
    }
  }
  return 0;
}

int flags_read(flags *f, command_id command, int argc, char **argv, diag *d)
{
  *f = (flags){
      .pack = {.component = "main", .adopt = EMBARK_ADOPT_REFUSE},
        .fail_on = SEVERITY_ERROR
  };
  int status = read_all(f, command, argc, argv, d);
  f->pack.ledger_schema = f->ledger_schema;
  f->pack.ledger_table = f->ledger_table;
  return status;
}

void flags_free(flags *f)
{
  free(f->approved.items);
  free(f->ledger_schema);
  free(f->ledger_table);
  free(f->assumptions);
  *f = (flags){0};
}

/* The words of one option, as its help begins: "  -d, --database URI". */
static void put_name(text *out, const option *o)
{
  size_t before = out->size;
  const char *brief = "    ";
  for (size_t i = 0; i < sizeof short_names / sizeof short_names[0]; i++) {
    if (strcmp(short_names[i][1], o->name) == 0) {
      brief = short_names[i][0];
    }
  }
  text_printf(out, "  %s%s%s", brief, brief[0] == '-' ? ", " : "", o->name);
  if (o->value != NULL) {
    text_printf(out, " %s", o->value);
  }
  int used = (int)(out->size - before);
  text_printf(out, "%*s", used < HELP_COLUMN ? HELP_COLUMN - used : 1, "");
}

void flags_help(text *out, command_id command)
{
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
    if ((options[i].commands & OF(command)) == 0) {
      continue;
    }
    put_name(out, &options[i]);
    for (const char *line = options[i].help; line != NULL;) {
      const char *end = strchr(line, '\n');
      text_printf(out, "%.*s\n", (int)(end != NULL ? end - line : (ptrdiff_t)strlen(line)), line);
      line = end != NULL ? end + 1 : NULL;
      if (line != NULL) {
        text_printf(out, "%*s", HELP_COLUMN, "");
      }
    }
  }
}
