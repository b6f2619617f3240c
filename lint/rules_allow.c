/* What is wrong with the directives that allow something: they look at what the other rules found,
 * so that they come last. */
#include "allowed.h"
#include "check.h"

enum { UNKNOWN_RULE, UNUSED_ALLOW };

/* clang-format off */
static const rule rules[] = {
  [UNKNOWN_RULE] = {"unknown-rule", SEVERITY_ERROR, 0, LOCK_NONE, WORK_NONE, 0,
    "a directive allows a rule that there is not, so it allows nothing"},
  [UNUSED_ALLOW] = {"unused-allow", SEVERITY_WARNING, 0, LOCK_NONE, WORK_NONE, 0,
    "a directive allows what is not found where it stands"},
};
/* clang-format on */

static void report_unknown(check *c, const allow *a)
{
  text better = {0};
  rule_put_near(&better, a->rule);
  text_puts(&better, "embark lint --rules lists them.");
  check_report(c, &rules[UNKNOWN_RULE], a->at, NULL, text_string(&better),
               "there is no rule \"%s\"", a->rule);
  text_free(&better);
}

/* The findings of this migration are the last ones. */
static bool is_used(const check *c, const allow *a)
{
  for (size_t i = c->out->count; i > 0 && c->out->items[i - 1].migration == c->migration; i--) {
    if (allowed_by(a, c->of, &c->out->items[i - 1])) {
      return true;
    }
  }
  return false;
}

/* The first one for a directive of the file. */
static size_t statement_of(const check *c, const allow *a)
{
  size_t i = c->of->script.count;
  while (i > 0 && (a->is_file || c->of->script.statements[i - 1].start != a->statement)) {
    i--;
  }
  return i > 0 ? i - 1 : 0;
}

static void look_at(check *c, const allow *a)
{
  c->base = 0;
  c->statement = statement_of(c, a);
  if (rule_find(a->rule) == NULL) {
    report_unknown(c, a);
  } else if (!is_used(c, a)) {
    check_report(c, &rules[UNUSED_ALLOW], a->at, NULL, "Remove it.",
                 "%s is allowed, and not found in %s", a->rule,
                 a->is_file ? "this file" : "the statement below");
  }
}

static void look(check *c)
{
  (void)c; /* a statement says nothing of what is allowed */
}

/* It allows what this family finds. */
static bool is_of_allows(const allow *a)
{
  const rule *r = rule_find(a->rule);
  return r == &rules[UNKNOWN_RULE] || r == &rules[UNUSED_ALLOW];
}

/* Those about others come last: all that they could be about is found then. */
static void look_through(check *c)
{
  const allow_list *list = &c->of->script.directives.allows;
  for (int last = 0; last < 2; last++) {
    for (size_t i = 0; i < list->count; i++) {
      if (is_of_allows(&list->items[i]) == (last == 1)) {
        look_at(c, &list->items[i]);
      }
    }
  }
}

const rule_family rules_allow = {rules, sizeof rules / sizeof rules[0], look, look_through};
