/* cmd_lint.c - `embark lint`: what the rules find in a folder, before anything runs. */
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "history.h"
#include "lint.h"
#include "report.h"
#include "report_github.h"
#include "report_json.h"
#include "report_sarif.h"
#include "report_text.h"
#include "tree.h"

/* --- the migrations that count ---------------------------------------------------------------- */

/* What the database has not seen. Returns 0, or an exit status with the error told. */
static int find_pending(cli *c, bool **batch)
{
  history h = {0};
  embark_error err;
  int status = cli_connect(c);
  if (status != 0) {
    return status;
  }
  if (history_read(&h, c, &err) != EMBARK_OK) {
    history_free(&h);
    return cli_fail(c, &err);
  }
  *batch = calloc(c->bundle->migration_count + 1, sizeof **batch);
  for (size_t i = 0; *batch != NULL && i < h.count; i++) {
    const embark_migration *m = history_migration(c, &h.entries[i]);
    if (m != NULL) {
      embark_state state = h.entries[i].state;
      (*batch)[m - c->bundle->migrations] =
          state == EMBARK_STATE_PENDING || state == EMBARK_STATE_RUNNING;
    }
  }
  history_free(&h);
  return *batch != NULL ? 0 : cli_refuse(c, EXIT_FAILED, NULL, "out of memory");
}

/* *batch stays NULL when all migrations are looked at; it is to be freed. */
static int find_batch(cli *c, bool **batch)
{
  const flags *f = &c->flags;
  if (f->pending) {
    return find_pending(c, batch);
  }
  if (f->since != NULL) {
    *batch = select_since(&c->folder.pack, f->since);
    return *batch != NULL ? 0
                          : cli_refuse(c, EXIT_USAGE, "embark bundle DIR --list lists the tags.",
                                       "--since: the folder has no migration \"%s\"", f->since);
  }
  return 0;
}

/* --- telling ---------------------------------------------------------------------------------- */

static int exit_of(const cli *c, const selection *sel)
{
  for (int level = (int)c->flags.fail_on; level > SEVERITY_HIDDEN && level <= SEVERITY_ERROR;
       level++) {
    if (sel->of[level] > 0) {
      return EXIT_FAILED;
    }
  }
  return EXIT_DONE;
}

static void put_next_step(const cli *c, text *out, const selection *sel)
{
  if (sel->count > sel->allowed) {
    text_printf(out,
                "HINT:  %s lint --explain RULE tells more. Where it is fine, a line above\n"
                "       the statement says why:  -- embark: allow RULE: REASON\n",
                c->program);
  }
}

static void put_text(cli *c, text *out, const selection *sel)
{
  report_text(out, &c->out, sel, &c->folder.pack, c->flags.verbose);
  if (!c->flags.quiet) {
    report_text_sum(out, sel);
    put_next_step(c, out, sel);
  }
}

static void put_sarif(text *out, const cli *c, const selection *sel)
{
  json_t *log = report_sarif(sel, &c->folder.pack, embark_version());
  char *dumped = log != NULL ? json_dumps(log, JSON_INDENT(2) | JSON_ENSURE_ASCII) : NULL;
  text_puts(out, dumped != NULL ? dumped : "");
  text_putc(out, '\n');
  out->failed = out->failed || dumped == NULL;
  free(dumped);
  json_decref(log);
}

static int print(cli *c, const selection *sel)
{
  text out = {0};
  if (c->flags.format == FORMAT_SARIF) {
    put_sarif(&out, c, sel);
  } else if (c->flags.format == FORMAT_GITHUB) {
    report_github(&out, sel, &c->folder.pack);
  } else {
    put_text(c, &out, sel);
  }
  int status = cli_print(c, &out);
  return status == EXIT_DONE ? exit_of(c, sel) : status;
}

static int fill(cli *c, const selection *sel)
{
  document_set(&c->document, "grammar", document_text(tree_grammar()));
  document_set(&c->document, "findings", report_json_findings(sel, &c->folder.pack));
  document_set(&c->document, "counts", report_json_counts(sel));
  return exit_of(c, sel);
}

/* --- the command ------------------------------------------------------------------------------ */

static int open_folder(cli *c)
{
  const flags *f = &c->flags;
  if (f->dir != NULL && f->name != NULL) {
    return cli_refuse(c, EXIT_USAGE, NULL, "the folder is given twice: %s and %s", f->dir, f->name);
  }
  const char *dir = f->dir != NULL ? f->dir : f->name;
  if (c->is_linked && dir == NULL) {
    return cli_refuse(c, EXIT_USAGE, "Give the folder that they are bundled from.",
                      "this program carries its own migrations, and not their files");
  }
  dir = dir != NULL ? dir : "migrations";
  document_set(&c->document, "dir", document_text(dir));
  return cli_open_folder(c, dir);
}

static int look(cli *c, const bool *batch)
{
  selection sel;
  select_scope scope = {.batch = batch,
                        .assumptions = c->flags.assumptions,
                        .assumption_count = c->flags.assumption_count};
  selection_make(&sel, c->folder.pack.lint, &c->folder.pack, &scope);
  int status = c->document.root != NULL ? fill(c, &sel) : print(c, &sel);
  selection_free(&sel);
  return status;
}

int cmd_lint(cli *c)
{
  bool *batch = NULL;
  if (c->flags.json && c->flags.format != FORMAT_TEXT && c->flags.format != FORMAT_JSON) {
    return cli_refuse(c, EXIT_USAGE, NULL, "--json and --format ask for two things");
  }
  if (c->flags.rules || c->flags.explain != NULL) {
    return c->flags.rules ? explain_list(c) : explain_rule(c, c->flags.explain);
  }
  if (tree_grammar() == NULL) {
    return cli_refuse(c, EXIT_USAGE, LINT_NO_PARSER_HINT, LINT_NO_PARSER);
  }
  int status = open_folder(c);
  if (status == 0) {
    status = find_batch(c, &batch);
  }
  if (status == 0) {
    status = look(c, batch);
  }
  free(batch);
  return status;
}
