/* Every bundle of up to four migrations against every ledger that can be: each migration applied,
 * changed or absent, in every order, with up to two rows that nobody knows anywhere among them.
 * What must come out is worked out here anew, from whole sets rather than row by row. */
#include <stdio.h>
#include <string.h>

#include "plan_given.h"
#include "suite.h"

#define MOST_KNOWN   4
#define MOST_UNKNOWN 2
#define MOST_ROWS    (MOST_KNOWN + MOST_UNKNOWN)

typedef enum aspect { APPLIED, CHANGED, UNKNOWN } aspect;

typedef struct item {
  aspect look;
  uint32_t index;
} item;

typedef struct ledger {
  item items[MOST_ROWS];
  size_t count;
} ledger;

/* How the migrations of a bundle are alike. */
typedef enum variety { PLAIN, SAME_TIME, SAME_HASH, OTHER_HASHES } variety;

typedef struct expectation {
  int code;
  const char *tag; /* the error's; NULL: not to be looked at */
  uint32_t steps[MOST_KNOWN];
  uint32_t step_count;
  int adopt;
  uint32_t restamp_from;
  int ahead;
} expectation;

static const char *const variants[] = {
    "1111111111111111111111111111111111111111111111111111111111111111",
    "2222222222222222222222222222222222222222222222222222222222222222", NULL};

static void make_bundle(given *g, embark_ledger kind, uint32_t count, variety v)
{
  given_bundle(g, kind, count);
  for (uint32_t i = 0; i < count; i++) {
    if (v == SAME_TIME) {
      g->migration[i].when_ms = 5;
    } else if (v == SAME_HASH) {
      g->migration[i].hash = g->migration[0].hash;
    } else if (v == OTHER_HASHES) {
      g->migration[i].other_hashes = variants;
    }
  }
}

static embark__row make_row(const given *g, const item *it, variety v)
{
  if (it->look == UNKNOWN) {
    return given_unknown(g, it->index);
  }
  if (it->look == CHANGED) {
    return given_changed(g, it->index);
  }
  embark__row row = given_applied(g, it->index);
  if (v == OTHER_HASHES && row.hash != NULL) {
    row.hash = variants[it->index % 2];
  }
  return row;
}

/* --- the oracle ------------------------------------------------------------------------------ */

static int place_of(const ledger *l, aspect look, uint32_t index)
{
  for (size_t i = 0; i < l->count; i++) {
    if (l->items[i].look == look && l->items[i].index == index) {
      return (int)i;
    }
  }
  return -1;
}

static int is_there(const ledger *l, uint32_t index)
{
  return place_of(l, APPLIED, index) >= 0 || place_of(l, CHANGED, index) >= 0;
}

static int known_after(const ledger *l, size_t place)
{
  for (size_t i = place + 1; i < l->count; i++) {
    if (l->items[i].look != UNKNOWN) {
      return 1;
    }
  }
  return 0;
}

/* The first row, from the ledger's start, that is not in its place and has a migration of a higher
 * index before it. */
static int first_misplaced(const ledger *l)
{
  for (size_t i = 0; i < l->count; i++) {
    int moved = l->items[i].look != UNKNOWN && l->items[i].index != i;
    for (size_t j = 0; j < i && moved; j++) {
      if (l->items[j].look != UNKNOWN && l->items[j].index > l->items[i].index) {
        return (int)l->items[i].index;
      }
    }
  }
  return -1;
}

/* The lowest migration behind the point where ledger and bundle part. */
static uint32_t first_misstamped(const given *g, const ledger *l)
{
  uint32_t first = g->bundle.migration_count;
  size_t same = 0;
  while (same < l->count && l->items[same].look == APPLIED && l->items[same].index == same) {
    same++;
  }
  for (size_t i = same; i < l->count && g->bundle.ledger == EMBARK_LEDGER_NATIVE; i++) {
    if (l->items[i].look != UNKNOWN && l->items[i].index < first) {
      first = l->items[i].index;
    }
  }
  return first;
}

static int last_known(const ledger *l)
{
  int last = -1;
  for (size_t i = 0; i < l->count; i++) {
    if (l->items[i].look != UNKNOWN && (int)l->items[i].index > last) {
      last = (int)l->items[i].index;
    }
  }
  return last;
}

static int drift_of_rows(const given *g, const ledger *l, uint32_t flags, const char **tag)
{
  for (uint32_t i = 0; i < g->bundle.migration_count; i++) {
    if (place_of(l, CHANGED, i) >= 0) {
      *tag = g->migration[i].tag;
      return EMBARK_E_CHANGED;
    }
  }
  for (size_t i = 0; i < l->count; i++) {
    if (l->items[i].look == UNKNOWN && known_after(l, i)) {
      return EMBARK_E_MISSING;
    }
  }
  int misplaced = first_misplaced(l);
  if (g->bundle.ledger == EMBARK_LEDGER_NATIVE && flags == 0 && misplaced >= 0) {
    *tag = g->migration[misplaced].tag;
    return EMBARK_E_REORDERED;
  }
  return EMBARK_OK;
}

static int drift_of_pending(const given *g, const ledger *l, const embark__situation *now,
                            const expectation *e, const char **tag)
{
  if (now->flags == 0 && (int)e->steps[0] < last_known(l)) {
    *tag = g->migration[e->steps[0]].tag;
    return EMBARK_E_OUT_OF_ORDER;
  }
  if (e->ahead) {
    return EMBARK_E_UNKNOWN;
  }
  if (now->op == EMBARK_VERIFY) {
    *tag = "";
    return EMBARK_E_PENDING;
  }
  if (!now->has_ledger && now->has_tables && now->adopt != EMBARK_ADOPT_ASSUME) {
    *tag = "";
    return EMBARK_E_ADOPT;
  }
  return EMBARK_OK;
}

static expectation expect(const given *g, const ledger *l, const embark__situation *now)
{
  expectation e = {0};
  uint32_t count = g->bundle.migration_count;
  e.restamp_from = first_misstamped(g, l);
  e.code = drift_of_rows(g, l, now->flags, &e.tag);
  if (e.code != EMBARK_OK) {
    return e;
  }
  e.ahead = l->count > 0 && l->items[l->count - 1].look == UNKNOWN;
  for (uint32_t i = 0; i < count; i++) {
    if (!is_there(l, i)) {
      e.steps[e.step_count++] = i;
    }
  }
  if (e.step_count == 0) {
    return e;
  }
  e.code = drift_of_pending(g, l, now, &e, &e.tag);
  e.adopt = !now->has_ledger && now->has_tables;
  return e;
}

/* --- holding the plan against it ------------------------------------------------------------- */

static int steps_differ(const given *g, const embark__plan *plan, const expectation *e)
{
  if (plan->step_count != e->step_count || plan->restamp_from != e->restamp_from ||
      plan->ahead != e->ahead) {
    return 1;
  }
  for (uint32_t i = 0; i < e->step_count; i++) {
    const embark_migration *m = &g->migration[e->steps[i]];
    if (plan->step_migration[i] != e->steps[i] || plan->steps[i].tag != m->tag ||
        plan->steps[i].file != m->file || plan->steps[i].adopt != e->adopt ||
        plan->steps[i].applied) {
      return 1;
    }
  }
  return 0;
}

static void say_difference(const given *g, const ledger *l, const embark__situation *now,
                           const expectation *e, int code, const embark_error *err)
{
  char text[64] = "";
  for (size_t i = 0; i < l->count; i++) {
    size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, " %c%u", "acu"[l->items[i].look],
             (unsigned)l -> items[i].index);
  }
  ck_abort_msg("ledger kind %d of %u migrations, rows%s, op %d flags %u adopt %d ledger %d tables "
               "%d: expected %s %s, got %s %s",
               (int)g->bundle.ledger, (unsigned)g->bundle.migration_count, text, (int)now->op,
               (unsigned)now->flags, (int)now->adopt, now->has_ledger, now->has_tables,
               embark_code_name(e->code), e->tag != NULL ? e->tag : "", embark_code_name(code),
               err->tag);
}

static void compare(const given *g, const ledger *l, variety v, const embark__situation *now)
{
  embark__row rows[MOST_ROWS];
  embark__plan plan;
  embark_error err;
  for (size_t i = 0; i < l->count; i++) {
    rows[i] = make_row(g, &l->items[i], v);
  }
  expectation e = expect(g, l, now);
  int code = given_decide(&plan, g, rows, l->count, now, &err);
  if (code != e.code || err.code != code || (e.tag != NULL && strcmp(err.tag, e.tag) != 0) ||
      (code == EMBARK_OK && steps_differ(g, &plan, &e))) {
    say_difference(g, l, now, &e, code, &err);
  }
  embark__plan_free(&plan);
}

static void compare_in_every_situation(const given *g, const ledger *l, variety v)
{
  for (int bits = 0; bits < 16; bits++) {
    int has_ledger = bits & 1, has_tables = (bits >> 1) & 1;
    if (!has_ledger && l->count > 0) {
      continue;
    }
    for (embark_op op = EMBARK_MIGRATE; op <= EMBARK_VERIFY; op++) {
      embark__situation now = {.op = op,
                               .flags = (bits & 4) != 0 ? EMBARK_OUT_OF_ORDER : 0u,
                               .adopt = (bits & 8) != 0 ? EMBARK_ADOPT_ASSUME : EMBARK_ADOPT_REFUSE,
                               .has_ledger = has_ledger,
                               .has_tables = has_tables};
      compare(g, l, v, &now);
    }
  }
}

static int is_used(const ledger *l, const item *it)
{
  return it->look == UNKNOWN ? place_of(l, UNKNOWN, it->index) >= 0 : is_there(l, it->index);
}

/* Compare with these rows, and with each that could come next. */
static void every_ledger(const given *g, ledger *l, variety v)
{
  /* A tag alone tells nothing of a changed file; nor does a time where all are the same. */
  int changes = g->bundle.ledger != EMBARK_LEDGER_DRIZZLE_TAG && v != SAME_TIME;
  compare_in_every_situation(g, l, v);
  for (aspect look = APPLIED; look <= UNKNOWN; look++) {
    uint32_t most = look == UNKNOWN ? MOST_UNKNOWN : g->bundle.migration_count;
    for (uint32_t i = 0; i < most && (look != CHANGED || changes); i++) {
      item it = {look, i};
      if (!is_used(l, &it)) {
        l->items[l->count++] = it;
        every_ledger(g, l, v);
        l->count--;
      }
    }
  }
}

static void every_bundle(embark_ledger kind, variety v)
{
  uint32_t most = v == PLAIN ? MOST_KNOWN : MOST_KNOWN - 1;
  for (uint32_t count = 0; count <= most; count++) {
    given g;
    ledger l = {0};
    make_bundle(&g, kind, count, v);
    every_ledger(&g, &l, v);
  }
}

START_TEST(every_ledger_is_decided_as_the_rules_say)
{
  every_bundle((embark_ledger)_i, PLAIN);
}
END_TEST

START_TEST(drizzle_rows_of_one_time_are_told_apart_by_their_hashes)
{
  every_bundle(EMBARK_LEDGER_DRIZZLE, SAME_TIME);
}
END_TEST

START_TEST(drizzle_rows_of_one_hash_are_told_apart_by_their_times)
{
  every_bundle(EMBARK_LEDGER_DRIZZLE, SAME_HASH);
}
END_TEST

START_TEST(a_row_with_another_form_of_the_hash_counts_as_applied)
{
  every_bundle(_i == 0 ? EMBARK_LEDGER_NATIVE : EMBARK_LEDGER_DRIZZLE, OTHER_HASHES);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("plan_table");
  TCase *rules = tcase_create("rules");
  tcase_set_timeout(rules, 120);
  tcase_add_loop_test(rules, every_ledger_is_decided_as_the_rules_say, 1, 4);
  tcase_add_test(rules, drizzle_rows_of_one_time_are_told_apart_by_their_hashes);
  tcase_add_test(rules, drizzle_rows_of_one_hash_are_told_apart_by_their_times);
  tcase_add_loop_test(rules, a_row_with_another_form_of_the_hash_counts_as_applied, 0, 2);
  suite_add_tcase(suite, rules);
  return suite;
}
