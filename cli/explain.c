/* explain.c - prints rules: what their rows say, and the pages behind them. Needs no parser. */
#include "explain.h"

#include <string.h>

#include "hazard_words.h"
#include "page.h"
#include "report_json.h"
#include "rule.h"
#include "table.h"

/* --- all of them ------------------------------------------------------------------------------ */

static const table_column columns[] = {
    {"rule",     false, 0, 0 },
    {"severity", false, 2, 0 },
    {"hazards",  false, 3, 0 },
    {"what",     false, 1, 20},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void put_rule(table *t, const rule *r)
{
  text hazards = {0};
  if (r->hazards != 0) {
    hazards_put(&hazards, r->hazards);
  }
  table_put(t, STYLE_BOLD, r->name);
  table_put(t, STYLE_PLAIN, severity_name(r->severity));
  table_take(t, STYLE_PLAIN, &hazards);
  table_put(t, STYLE_PLAIN, r->summary);
}

int explain_list(cli *c)
{
  table t;
  text out = {0};
  json_t *list = json_array();
  table_open(&t, columns, COLUMNS);
  for (size_t f = 0; rule_families[f] != NULL; f++) {
    for (size_t i = 0; i < rule_families[f]->count; i++) {
      put_rule(&t, &rule_families[f]->rules[i]);
      json_array_append_new(list, report_json_rule(&rule_families[f]->rules[i]));
    }
  }
  table_print(&t, &c->out, &out);
  table_free(&t);
  document_set(&c->document, "rules", list);
  return cli_print(c, &out);
}

/* --- one of them ------------------------------------------------------------------------------ */

static void put_page(const cli *c, text *out, const char *markdown)
{
  while (*markdown != '\0') {
    text one = {0};
    size_t size = strcspn(markdown, "\n");
    text_put(&one, markdown, size);
    screen_put(&c->out, out, markdown[0] == '#' ? STYLE_BOLD : STYLE_PLAIN, text_string(&one));
    text_putc(out, '\n');
    text_free(&one);
    markdown += size + (markdown[size] == '\n');
  }
}

static int refuse(cli *c, const char *name)
{
  text hint = {0};
  rule_put_near(&hint, name);
  text_printf(&hint, "%s lint --rules lists them.", c->program);
  int status =
      cli_refuse(c, EXIT_USAGE, text_string(&hint), "--explain: there is no rule \"%s\"", name);
  text_free(&hint);
  return status;
}

int explain_rule(cli *c, const char *name)
{
  const rule *r = rule_find(name);
  if (r == NULL) {
    return refuse(c, name);
  }
  text out = {0};
  const char *markdown = page_of(name);
  if (c->document.root != NULL) {
    json_object_update_missing_new(c->document.root, report_json_rule(r));
    document_set(&c->document, "page", document_text(markdown));
    return EXIT_DONE;
  }
  if (markdown != NULL) {
    put_page(c, &out, markdown);
  } else {
    text_printf(&out, "%s: %s\n", r->name, r->summary);
  }
  return cli_print(c, &out);
}
