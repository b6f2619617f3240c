/* What a plan may hurt and what is forbidden of it: three migrations whose statements endanger what
 * any of the three makes, or nobody knows what, against every ledger, every first plan of the run,
 * and every wish. What must come out is worked out here from the sets alone. */
#include <stdio.h>
#include <string.h>

#include "hazard.h"
#include "plan_given.h"
#include "suite.h"

#define D EMBARK_HAZARD_DESTRUCTIVE
#define R EMBARK_HAZARD_REWRITES
#define U EMBARK_HAZARD_UNCLASSIFIED

enum { COUNT = 3, STATEMENTS = 5, ALL = 7, NO_FIRST = 8 };

static given g;
static embark_statement statements[STATEMENTS];
static embark__plan plan;
static embark_error err;

/* m0: nothing, D. m1: R to what nobody knows, D. m2: D. made_by: whose the three D are to. */
static void make_bundle(const uint32_t *made_by)
{
  static const uint16_t hazards[STATEMENTS] = {0, D, R, D, D};
  static const uint32_t first[COUNT] = {0, 2, 4}, count[COUNT] = {2, 2, 1};
  const uint32_t made[STATEMENTS] = {0, made_by[0], 0, made_by[1], made_by[2]};
  given_bundle(&g, EMBARK_LEDGER_NATIVE, COUNT);
  for (uint32_t i = 0; i < STATEMENTS; i++) {
    statements[i] = (embark_statement){
        .line = 10 * (i + 1), .hazards = hazards[i], .made_by = made[i], .length = 1};
  }
  g.bundle.statements = statements;
  g.bundle.statement_count = STATEMENTS;
  for (uint32_t i = 0; i < COUNT; i++) {
    g.migration[i].first_statement = first[i];
    g.migration[i].statement_count = count[i];
  }
}

/* --- the oracle ------------------------------------------------------------------------------- */

typedef struct wish {
  unsigned applied; /* by bit: m0 ... */
  unsigned first;   /* what was applied when the run began to plan; NO_FIRST: it begins now */
  uint32_t forbid;
  unsigned approved;
  uint32_t target; /* from 1; 0: none */
} wish;

static int has(unsigned set, uint32_t i)
{
  return (set >> i & 1u) != 0;
}

static uint32_t hazards_of(const wish *w, uint32_t statement)
{
  const embark_statement *s = &statements[statement];
  int was_there = s->made_by == 0 || (has(w->applied, s->made_by - 1) &&
                                      (w->first == NO_FIRST || has(w->first, s->made_by - 1)));
  return was_there ? s->hazards : 0;
}

static uint32_t hazards_of_migration(const wish *w, uint32_t i)
{
  uint32_t hazards = 0;
  for (uint32_t k = 0; k < g.migration[i].statement_count; k++) {
    hazards |= hazards_of(w, g.migration[i].first_statement + k);
  }
  return hazards;
}

static int is_step(const wish *w, uint32_t i)
{
  return !has(w->applied, i) && (w->target == 0 || i < w->target);
}

static int is_refused(const wish *w, uint32_t i)
{
  return (hazards_of_migration(w, i) & w->forbid) != 0 && !has(w->approved, i);
}

/* --- what comes out --------------------------------------------------------------------------- */

static void take_rows(unsigned applied)
{
  for (uint32_t i = 0, at = 0; i < COUNT; i++) {
    if (has(applied, i)) {
      embark__row row = given_applied(&g, i);
      row.position = at++;
      row.chain = "of another history";
      ck_assert_int_eq(embark__plan_row(&plan, &row), EMBARK_OK);
    }
  }
}

/* The first plan of a run, when so much was applied, and the start of the one after it. */
static void plan_first(unsigned applied)
{
  embark__situation now = given_situation(EMBARK_MIGRATE);
  now.flags = EMBARK_OUT_OF_ORDER;
  take_rows(applied);
  ck_assert_int_eq(embark__plan_decide(&plan, &now, &err), EMBARK_OK);
  ck_assert_int_eq(embark__plan_renew(&plan, &g.bundle, NULL), EMBARK_OK);
}

static int decide(const wish *w, embark_op op, const char *const *approved)
{
  embark__situation now = given_situation(op);
  now.flags = EMBARK_OUT_OF_ORDER;
  now.forbid = w->forbid;
  now.approved = approved;
  now.reach.target = w->target;
  memset(&plan, 0, sizeof plan);
  memset(&err, 0, sizeof err);
  ck_assert_int_eq(embark__plan_renew(&plan, &g.bundle, NULL), EMBARK_OK);
  if (w->first != NO_FIRST) {
    plan_first(w->first);
  }
  take_rows(w->applied);
  return embark__plan_decide(&plan, &now, &err);
}

/* The first that is refused, and the others by name. */
static void expect_refusal(const wish *w, uint32_t first)
{
  const embark_migration *m = &g.migration[first];
  uint32_t statement = m->first_statement;
  char others[100] = "";
  while ((hazards_of(w, statement) & w->forbid) == 0) {
    statement++;
  }
  ck_assert_int_eq(err.code, EMBARK_E_FORBIDDEN);
  ck_assert_str_eq(err.tag, m->tag);
  ck_assert_str_eq(err.file, m->file);
  ck_assert_uint_eq(err.statement, statement - m->first_statement + 1);
  ck_assert_uint_eq(err.line, statements[statement].line);
  for (uint32_t i = first + 1; i < COUNT; i++) {
    if (is_step(w, i) && is_refused(w, i)) {
      size_t length = strlen(others);
      snprintf(others + length, sizeof others - length, "%s\"%s\"",
               length == 0 ? "Refused as well: " : ", ", g.migration[i].tag);
    }
  }
  ck_assert_str_eq(err.detail, others);
}

static void expect(const wish *w, int code)
{
  uint32_t step = 0, first = COUNT, all = 0;
  for (uint32_t i = 0; i < COUNT; i++) {
    if (!is_step(w, i)) {
      continue;
    }
    ck_assert_uint_lt(step, plan.step_count);
    ck_assert_str_eq(plan.steps[step].tag, g.migration[i].tag);
    ck_assert_uint_eq(plan.steps[step].hazards, hazards_of_migration(w, i));
    ck_assert_int_eq(plan.steps[step].forbidden, is_refused(w, i));
    first = first == COUNT && is_refused(w, i) ? i : first;
    all |= plan.steps[step++].hazards;
  }
  ck_assert_uint_eq(plan.step_count, step);
  ck_assert_uint_eq(plan.hazards, all);
  ck_assert_int_eq(code, first < COUNT ? EMBARK_E_FORBIDDEN : EMBARK_OK);
  if (first < COUNT) {
    expect_refusal(w, first);
  }
}

/* Tags that are approved, by bit, and one that nobody knows. */
static void list_approved(unsigned set, const char **out)
{
  *out++ = "m9";
  for (uint32_t i = 0; i < COUNT; i++) {
    if (has(set, i)) {
      *out++ = g.migration[i].tag;
    }
  }
  *out = NULL;
}

static void try_all_wishes(embark_op op, unsigned applied, unsigned first)
{
  static const uint32_t sets[] = {0, D, R, D | R, U};
  for (size_t f = 0; f < sizeof sets / sizeof sets[0]; f++) {
    for (unsigned approved = 0; approved <= ALL; approved++) {
      for (uint32_t target = 0; target <= COUNT; target++) {
        const wish w = {applied, first, sets[f], approved, target};
        const char *tags[COUNT + 2];
        list_approved(approved, tags);
        expect(&w, decide(&w, op, tags));
        embark__plan_free(&plan);
      }
    }
  }
}

/* The loop is over what the three D are to: each of the three, or not known. */
START_TEST(a_hazard_counts_where_what_it_endangers_was_there_when_the_run_began)
{
  const uint32_t made_by[] = {(uint32_t)_i % 4, (uint32_t)_i / 4 % 4, (uint32_t)_i / 16};
  embark_op op = _i % 2 == 0 ? EMBARK_MIGRATE : EMBARK_PLAN;
  make_bundle(made_by);
  for (unsigned applied = 0; applied <= ALL; applied++) {
    try_all_wishes(op, applied, NO_FIRST);
    for (unsigned first = 0; first < ALL; first++) {
      try_all_wishes(op, applied, first);
    }
  }
}
END_TEST

/* --- by name ---------------------------------------------------------------------------------- */

static const uint32_t unknown[COUNT] = {0, 0, 0};

static int decide_now(embark__situation *now, const embark__row *rows, size_t count)
{
  now->forbid = EMBARK_HAZARD_ALL;
  return given_decide(&plan, &g, rows, count, now, &err);
}

START_TEST(what_is_adopted_hurts_nobody)
{
  embark__situation now = given_situation(_i == 0 ? EMBARK_ADOPT : EMBARK_MIGRATE);
  now.adopt = EMBARK_ADOPT_ASSUME;
  now.has_ledger = _i == 0;
  make_bundle(unknown);
  ck_assert_int_eq(decide_now(&now, NULL, 0), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, COUNT);
  for (uint32_t i = 0; i < COUNT; i++) {
    ck_assert_uint_eq(plan.steps[i].hazards, 0);
    ck_assert_int_eq(plan.steps[i].forbidden, 0);
  }
  ck_assert_uint_eq(plan.hazards, 0);
}
END_TEST

START_TEST(what_was_to_be_adopted_was_there_when_the_run_began)
{
  static const uint32_t own[COUNT] = {1, 1, 1};
  embark__situation now = given_situation(EMBARK_MIGRATE);
  now.adopt = EMBARK_ADOPT_ASSUME;
  now.has_ledger = 0;
  make_bundle(own);
  ck_assert_int_eq(decide_now(&now, NULL, 0), EMBARK_OK);
  ck_assert_int_eq(plan.at_once, 1);
  ck_assert_int_eq(embark__plan_renew(&plan, &g.bundle, NULL), EMBARK_OK);
  take_rows(3); /* another run has adopted what it knew */
  now = given_situation(EMBARK_MIGRATE);
  now.forbid = D;
  ck_assert_int_eq(embark__plan_decide(&plan, &now, &err), EMBARK_E_FORBIDDEN);
  ck_assert_str_eq(err.tag, "m2");
}
END_TEST

START_TEST(what_is_accepted_is_not_run)
{
  embark__situation now = given_situation(EMBARK_ACCEPT);
  make_bundle(unknown);
  embark__row row = given_changed(&g, 0);
  ck_assert_int_eq(decide_now(&now, &row, 1), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 1);
  ck_assert_uint_eq(plan.steps[0].hazards, 0);
}
END_TEST

START_TEST(what_reverts_says_what_it_may_hurt_and_is_never_forbidden)
{
  static const uint32_t own[COUNT] = {1, 0, 0};
  embark_migration down = {
      .tag = "m0", .file = "m0.down.sql", .first_statement = 1, .statement_count = 1};
  embark__situation now = given_situation(EMBARK_REVERT);
  make_bundle(own);
  g.bundle.downs = &down;
  g.bundle.down_count = 1;
  g.migration[0].down = 1;
  embark__row row = given_applied(&g, 0);
  ck_assert_int_eq(decide_now(&now, &row, 1), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 1);
  ck_assert_uint_eq(plan.steps[0].hazards, D);
  ck_assert_int_eq(plan.steps[0].forbidden, 0);
}
END_TEST

START_TEST(drift_comes_first_and_leaves_no_steps)
{
  embark__situation now = given_situation(EMBARK_MIGRATE);
  make_bundle(unknown);
  embark__row row = given_changed(&g, 0);
  ck_assert_int_eq(decide_now(&now, &row, 1), EMBARK_E_CHANGED);
  ck_assert_uint_eq(plan.step_count, 0);
  embark__plan_free(&plan);
  row = given_applied(&g, 1);
  ck_assert_int_eq(decide_now(&now, &row, 1), EMBARK_E_OUT_OF_ORDER);
  ck_assert_uint_eq(plan.step_count, 0);
}
END_TEST

START_TEST(verify_asks_for_nothing_but_history)
{
  embark__situation now = given_situation(EMBARK_VERIFY);
  make_bundle(unknown);
  ck_assert_int_eq(decide_now(&now, NULL, 0), EMBARK_E_PENDING);
  ck_assert_uint_eq(plan.step_count, 0);
}
END_TEST

static const struct {
  uint16_t hazards;
  uint32_t forbid;
  const char *message;
} messages[] = {
    {D,                           D,                 "is destructive"                    },
    {R,                           EMBARK_HAZARD_ALL, "rewrites a table"                  },
    {EMBARK_HAZARD_BLOCKS_WRITES, EMBARK_HAZARD_ALL, "blocks writers"                    },
    {EMBARK_HAZARD_BLOCKS_READS,  EMBARK_HAZARD_ALL, "blocks readers"                    },
    {EMBARK_HAZARD_DATA_CHANGE,   EMBARK_HAZARD_ALL, "changes data"                      },
    {U,                           EMBARK_HAZARD_ALL, "is unclassified"                   },
    {D | R | U,                   D | U,             "is destructive and is unclassified"},
    {EMBARK_HAZARD_ALL,           EMBARK_HAZARD_ALL,
     "is destructive and rewrites a table and blocks writers and blocks readers and changes data "
     "and is "
     "unclassified"                                                                      },
};

START_TEST(the_error_says_what_is_forbidden_and_what_to_do)
{
  char message[EMBARK_TEXT_SIZE];
  embark__situation now = given_situation(EMBARK_MIGRATE);
  make_bundle(unknown);
  statements[4].hazards = messages[_i].hazards;
  now.forbid = messages[_i].forbid;
  embark__row rows[] = {given_applied(&g, 0), given_applied(&g, 1)};
  ck_assert_int_eq(given_decide(&plan, &g, rows, 2, &now, &err), EMBARK_E_FORBIDDEN);
  snprintf(message, sizeof message, "migration \"m2\" %s, which is forbidden here",
           messages[_i].message);
  ck_assert_str_eq(err.message, message);
  ck_assert_str_eq(err.detail, "");
  ck_assert_str_eq(err.hint, "Read it. If it shall run, approve it by its name: option `approved`, "
                             "or \"embark migrate --approve TAG\".");
}
END_TEST

START_TEST(tags_too_long_for_the_error_are_cut)
{
  static char tag[COUNT][600];
  embark__situation now = given_situation(EMBARK_MIGRATE);
  make_bundle(unknown);
  for (uint32_t i = 0; i < COUNT; i++) {
    memset(tag[i], 'a' + (int)i, sizeof tag[i] - 1);
    g.migration[i].tag = tag[i];
  }
  ck_assert_int_eq(decide_now(&now, NULL, 0), EMBARK_E_FORBIDDEN);
  ck_assert_uint_eq(strlen(err.detail), EMBARK_TEXT_SIZE - 1);
  ck_assert_str_eq(err.detail + EMBARK_TEXT_SIZE - 6, "cc...");
}
END_TEST

static void free_plan(void)
{
  embark__plan_free(&plan);
}

Suite *test_suite(void)
{
  Suite *suite = suite_create("hazard");
  TCase *all = tcase_create("all");
  tcase_set_timeout(all, 60);
  tcase_add_loop_test(all, a_hazard_counts_where_what_it_endangers_was_there_when_the_run_began, 0,
                      64);
  TCase *c = tcase_create("by name");
  tcase_add_checked_fixture(c, NULL, free_plan);
  tcase_add_loop_test(c, what_is_adopted_hurts_nobody, 0, 2);
  tcase_add_test(c, what_was_to_be_adopted_was_there_when_the_run_began);
  tcase_add_test(c, what_is_accepted_is_not_run);
  tcase_add_test(c, what_reverts_says_what_it_may_hurt_and_is_never_forbidden);
  tcase_add_test(c, drift_comes_first_and_leaves_no_steps);
  tcase_add_test(c, verify_asks_for_nothing_but_history);
  tcase_add_loop_test(c, the_error_says_what_is_forbidden_and_what_to_do, 0,
                      (int)(sizeof messages / sizeof messages[0]));
  tcase_add_test(c, tags_too_long_for_the_error_are_cut);
  suite_add_tcase(suite, all);
  suite_add_tcase(suite, c);
  return suite;
}
