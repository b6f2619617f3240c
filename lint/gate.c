/* Lets a folder through, or not. Knows no rule. */
#include "gate.h"

#include <stdlib.h>

#include "report_text.h"
#include "tree.h"

static int tell(const selection *sel, const pack *p, diag *d)
{
  screen err;
  screen_open(&err, stderr, false);
  report_text(&d->out, &err, sel, p, false);
  if (sel->count > 0) {
    text_printf(&d->out, "%s: ", diag_program(d));
    report_text_sum(&d->out, sel);
  }
  if (sel->of[SEVERITY_ERROR] == 0) {
    return 0;
  }
  diag_error(d,
             "embark lint --explain RULE tells more. Where it is fine, a line above the statement"
             " says why:  -- embark: allow RULE: REASON",
             "the linter does not let the folder pass");
  return -1;
}

int gate_pass(const pack *p, const char *since, diag *d)
{
  selection sel;
  if (tree_grammar() == NULL) {
    diag_error(d, LINT_NO_PARSER_HINT, LINT_NO_PARSER);
    return -1;
  }
  bool *batch = since != NULL ? select_since(p, since) : NULL;
  if (since != NULL && batch == NULL) {
    diag_error(d, "--list lists the tags.", "--since: the folder has no migration \"%s\"", since);
    return -1;
  }
  selection_make(&sel, p->lint, p, &(select_scope){.batch = batch});
  int status = tell(&sel, p, d);
  selection_free(&sel);
  free(batch);
  return status;
}
