/* REVERT, ADOPT, ACCEPT and how far MIGRATE goes: three migrations, of which the second cannot be
 * reverted, against every ledger that they can have with up to one stranger in it, and every reach.
 * A ledger is written as a text: "a" to "c" are rows of m0 to m2, in capitals edited since, "?" is
 * a stranger's. What must come out is worked out from that text. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "plan_given.h"
#include "suite.h"

enum { COUNT = 3, MOST_ROWS = COUNT + 1 };

typedef struct expectation {
  int code;
  char steps[COUNT + 1]; /* "210": m2, then m1, then m0 */
  uint32_t restamp_to;   /* looked at where there are steps */
} expectation;

static given g;
static embark_migration downs[COUNT];

static void make_bundle(embark_ledger kind)
{
  static const char *const files[COUNT] = {"m0.down.sql", NULL, "m2.down.sql"};
  given_bundle(&g, kind, COUNT);
  for (uint32_t i = 0; i < COUNT; i++) {
    downs[i] = (embark_migration){.tag = g.migration[i].tag, .file = files[i]};
    g.migration[i].down = files[i] != NULL ? i + 1 : 0;
  }
  g.bundle.downs = downs;
  g.bundle.down_count = COUNT;
}

/* --- the oracle ------------------------------------------------------------------------------- */

static int is_applied(const char *ledger, uint32_t i)
{
  return strchr(ledger, 'a' + (int)i) != NULL;
}

static int is_changed(const char *ledger, uint32_t i)
{
  return strchr(ledger, 'A' + (int)i) != NULL;
}

static int is_pending(const char *ledger, uint32_t i)
{
  return !is_applied(ledger, i) && !is_changed(ledger, i);
}

static int is_missing(const char *ledger)
{
  const char *stranger = strchr(ledger, '?');
  return stranger != NULL && stranger[1] != '\0';
}

static int is_ahead(const char *ledger)
{
  return strchr(ledger, '?') != NULL && !is_missing(ledger);
}

/* A row with one of a higher index before it, and not at its own place. */
static int is_reordered(const char *ledger)
{
  for (int i = 0; ledger[i] != '\0' && g.bundle.ledger == EMBARK_LEDGER_NATIVE; i++) {
    for (int j = 0; j < i; j++) {
      int one = tolower((unsigned char)ledger[j]), other = tolower((unsigned char)ledger[i]);
      if (one != '?' && other != '?' && one > other && other - 'a' != i) {
        return 1;
      }
    }
  }
  return 0;
}

static int drift(const char *ledger, unsigned flags)
{
  if (is_changed(ledger, 0) || is_changed(ledger, 1) || is_changed(ledger, 2)) {
    return EMBARK_E_CHANGED;
  }
  if (is_missing(ledger)) {
    return EMBARK_E_MISSING;
  }
  return is_reordered(ledger) && flags == 0 ? EMBARK_E_REORDERED : EMBARK_OK;
}

static void add(expectation *e, uint32_t i)
{
  size_t length = strlen(e->steps);
  e->steps[length] = (char)('0' + i);
  e->steps[length + 1] = '\0';
}

static int is_full(const expectation *e, const embark__reach *r)
{
  return r->steps != 0 && strlen(e->steps) + r->done >= r->steps;
}

static int target_is_pending(const char *ledger, const embark__reach *r)
{
  return r->target != 0 && is_pending(ledger, r->target - 1);
}

static void expect_applied(expectation *e, const char *ledger, const embark__situation *now)
{
  const embark__reach *r = &now->reach;
  for (uint32_t i = 0; i < COUNT; i++) {
    int is_near = (r->target == 0 || i < r->target) && (r->bound == 0 || i < r->bound);
    if (is_pending(ledger, i) && is_near && !is_full(e, r)) {
      add(e, i);
    }
  }
  e->restamp_to = COUNT; /* or the first that stays pending */
  for (uint32_t i = COUNT; i-- > 0;) {
    int stays = is_pending(ledger, i) && strchr(e->steps, '0' + (int)i) == NULL;
    e->restamp_to = stays ? i : e->restamp_to;
  }
  if (e->steps[0] == '\0') {
    return;
  }
  for (uint32_t i = (uint32_t)(e->steps[0] - '0'); i < COUNT && now->flags == 0; i++) {
    if (!is_pending(ledger, i)) {
      e->code = EMBARK_E_OUT_OF_ORDER;
      return;
    }
  }
  e->code = is_ahead(ledger) ? EMBARK_E_UNKNOWN : EMBARK_OK;
}

static void expect_reverted(expectation *e, const char *ledger, const embark__reach *r)
{
  if (is_ahead(ledger)) {
    e->code = EMBARK_E_UNKNOWN;
  } else if (target_is_pending(ledger, r)) {
    e->code = EMBARK_E_TARGET;
  }
  for (int i = COUNT - 1; i >= (int)r->target && i >= (int)r->bound - 1; i--) {
    if (is_applied(ledger, (uint32_t)i) && !is_full(e, r)) {
      e->code = e->code == EMBARK_OK && i == 1 ? EMBARK_E_IRREVERSIBLE : e->code;
      add(e, (uint32_t)i);
    }
  }
}

static void expect_accepted(expectation *e, const char *ledger, const embark__situation *now)
{
  const embark__reach *r = &now->reach;
  int is_sound = !is_missing(ledger) && (!is_reordered(ledger) || now->flags != 0);
  e->code = target_is_pending(ledger, r) ? EMBARK_E_TARGET : EMBARK_OK;
  for (uint32_t i = 0; i < COUNT; i++) {
    int is_meant = r->target == 0 || r->target == i + 1;
    if (is_changed(ledger, i) && is_meant) {
      add(e, i);
    }
    is_sound = is_sound && (is_applied(ledger, i) || (is_changed(ledger, i) && is_meant));
    e->restamp_to = is_sound ? i + 1 : e->restamp_to;
  }
}

static expectation expect(const char *ledger, const embark__situation *now)
{
  expectation e = {.code = now->op == EMBARK_ACCEPT ? EMBARK_OK : drift(ledger, now->flags)};
  if (e.code != EMBARK_OK) {
    return e;
  }
  if (now->op == EMBARK_REVERT) {
    expect_reverted(&e, ledger, &now->reach);
  } else if (now->op == EMBARK_ACCEPT) {
    expect_accepted(&e, ledger, now);
  } else {
    expect_applied(&e, ledger, now);
  }
  if (e.code != EMBARK_OK) {
    e.steps[0] = '\0';
  }
  return e;
}

/* --- holding the plan against it -------------------------------------------------------------- */

static size_t make_rows(embark__row rows[MOST_ROWS], const char *ledger)
{
  size_t count = 0;
  for (; ledger[count] != '\0'; count++) {
    int letter = (unsigned char)ledger[count];
    rows[count] = letter == '?'     ? given_unknown(&g, 0)
                  : islower(letter) ? given_applied(&g, (uint32_t)(letter - 'a'))
                                    : given_changed(&g, (uint32_t)(letter - 'A'));
  }
  return count;
}

static const char *file_of(embark_op op, uint32_t index)
{
  return op == EMBARK_REVERT ? downs[index].file : g.migration[index].file;
}

static void describe_steps(char *text, const embark__plan *plan, embark_op op)
{
  for (uint32_t i = 0; i < plan->step_count; i++) {
    uint32_t index = plan->step_migration[i];
    ck_assert_str_eq(plan->steps[i].tag, g.migration[index].tag);
    ck_assert_str_eq(plan->steps[i].file, file_of(op, index));
    ck_assert_int_eq(plan->steps[i].adopt, op == EMBARK_ADOPT);
    *text++ = (char)('0' + index);
  }
  *text = '\0';
}

static void compare(const char *ledger, const embark__situation *now)
{
  embark__row rows[MOST_ROWS];
  embark__plan plan;
  embark_error err;
  char steps[COUNT + 1];
  size_t count = make_rows(rows, ledger);
  expectation e = expect(ledger, now);
  int code = given_decide(&plan, &g, rows, count, now, &err);
  describe_steps(steps, &plan, now->op);
  int differs = code != e.code || err.code != code || strcmp(steps, e.steps) != 0 ||
                (steps[0] != '\0' && plan.restamp_to != e.restamp_to);
  ck_assert_msg(!differs,
                "kind %d, ledger \"%s\", op %d, flags %u, target %u, steps %u, done %u, bound %u: "
                "expected %s \"%s\" up to %u, got %s \"%s\" up to %u",
                (int)g.bundle.ledger, ledger, (int)now->op, (unsigned)now->flags,
                (unsigned)now->reach.target, (unsigned)now->reach.steps, (unsigned)now->reach.done,
                (unsigned)now->reach.bound, embark_code_name(e.code), e.steps,
                (unsigned)e.restamp_to, embark_code_name(code), steps, (unsigned)plan.restamp_to);
  embark__plan_free(&plan);
}

static void every_reach(const char *ledger, embark_op op, unsigned flags)
{
  embark__situation now = given_situation(op);
  now.flags = flags;
  for (unsigned bits = 0; bits < 4 * 4 * 3 * 2; bits++) {
    now.reach = (embark__reach){
        .target = bits % 4, .bound = bits / 4 % 4, .steps = bits / 16 % 3, .done = bits / 48};
    compare(ledger, &now);
  }
}

static void every_op(const char *ledger)
{
  static const embark_op ops[] = {EMBARK_MIGRATE, EMBARK_REVERT, EMBARK_ADOPT, EMBARK_ACCEPT};
  for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
    every_reach(ledger, ops[i], 0);
    every_reach(ledger, ops[i], EMBARK_OUT_OF_ORDER);
  }
}

/* This ledger, and all that begin with it. */
static void every_ledger(const char *ledger)
{
  static const char letters[] = "abcABC?";
  every_op(ledger);
  for (const char *next = letters; *next != '\0'; next++) {
    char longer[MOST_ROWS + 2];
    int is_there = strchr(ledger, *next) != NULL ||
                   (isalpha((unsigned char)*next) && strchr(ledger, *next ^ ('a' ^ 'A')) != NULL);
    /* A tag alone tells nothing of a changed file. */
    int can_be = !isupper((unsigned char)*next) || g.bundle.ledger != EMBARK_LEDGER_DRIZZLE_TAG;
    if (!is_there && can_be) {
      snprintf(longer, sizeof longer, "%s%c", ledger, *next);
      every_ledger(longer);
    }
  }
}

START_TEST(every_op_does_as_the_rules_say)
{
  make_bundle((embark_ledger)_i);
  every_ledger("");
}
END_TEST

START_TEST(the_plan_knows_the_hash_that_the_ledger_has)
{
  static const char *const forms[] = {"another form", NULL};
  embark__plan plan;
  embark_error err;
  embark__situation now = given_situation(EMBARK_ACCEPT);
  make_bundle((embark_ledger)_i);
  g.migration[2].other_hashes = forms;
  embark__row rows[] = {given_changed(&g, 0), given_applied(&g, 1), given_applied(&g, 2)};
  rows[2].hash = forms[0];
  ck_assert_int_eq(given_decide(&plan, &g, rows, 3, &now, &err), EMBARK_OK);
  ck_assert_str_eq(embark__plan_hash(&plan, 0), rows[0].hash);
  ck_assert_ptr_ne(embark__plan_hash(&plan, 0), rows[0].hash); /* the row was borrowed */
  ck_assert_str_eq(embark__plan_hash(&plan, 1), g.migration[1].hash);
  ck_assert_str_eq(embark__plan_hash(&plan, 2), forms[0]);
  embark__plan_free(&plan);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("plan_ops");
  TCase *rules = tcase_create("rules");
  tcase_set_timeout(rules, 120);
  tcase_add_loop_test(rules, every_op_does_as_the_rules_say, EMBARK_LEDGER_NATIVE,
                      EMBARK_LEDGER_DRIZZLE_TAG + 1);
  tcase_add_loop_test(rules, the_plan_knows_the_hash_that_the_ledger_has, EMBARK_LEDGER_NATIVE,
                      EMBARK_LEDGER_DRIZZLE + 1);
  suite_add_tcase(suite, rules);
  return suite;
}
