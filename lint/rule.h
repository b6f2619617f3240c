/* rule.h - what the linter looks for. A family of rules is a file of its own, rules_*.c, with a
 * table of them and functions that look at a statement, or at a whole migration.
 *
 * A rule's row, its page docs/lint/NAME.md and its examples test/lint/rules/NAME/ say the same; the
 * tests hold the claims about locks and work against servers. */
#ifndef EMBARK_LINT_RULE_H
#define EMBARK_LINT_RULE_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

typedef enum severity {
  SEVERITY_HIDDEN, /* a hazard for the bundle, and nothing to tell */
  SEVERITY_NOTE,
  SEVERITY_WARNING,
  SEVERITY_ERROR
} severity;

/* PostgreSQL's table locks, weakest first. */
typedef enum lock_mode {
  LOCK_NONE,
  LOCK_ACCESS_SHARE,
  LOCK_ROW_SHARE,
  LOCK_ROW_EXCLUSIVE,
  LOCK_SHARE_UPDATE_EXCLUSIVE,
  LOCK_SHARE,
  LOCK_SHARE_ROW_EXCLUSIVE,
  LOCK_EXCLUSIVE,
  LOCK_ACCESS_EXCLUSIVE
} lock_mode;

/* What is done in proportion to a table's size. */
typedef enum work {
  WORK_NONE,
  WORK_SCAN,   /* reads all of a table, or an index */
  WORK_BUILD,  /* builds an index, for which it reads all of the table */
  WORK_REWRITE /* writes the table and its indexes anew */
} work;

/* Flags of a rule. */
#define RULE_ON_EXISTING 1u /* only what is there can be hurt: nothing to say of what is new */
#define RULE_BY_SIZE     2u /* harmless on a small table */
#define RULE_STYLE       4u /* moot when a later migration drops what it is about */

typedef struct rule {
  const char *name; /* "drop-table" */
  severity severity;
  uint32_t hazards; /* EMBARK_HAZARD_* of a statement that it is found in */
  lock_mode lock;   /* the strongest one on a table that is there */
  work work;
  uint32_t flags;      /* RULE_* */
  const char *summary; /* what it is, and what happens: one line, lower case, no full stop */
} rule;

struct check;

typedef struct rule_family {
  const rule *rules;
  size_t count;
  void (*statement)(struct check *c); /* before the statement is taken into the catalog */
  void (*migration)(struct check *c); /* behind the last statement of each; NULL: nothing to do */
} rule_family;

extern const rule_family rules_drop;
extern const rule_family rules_rename;
extern const rule_family rules_column;
extern const rule_family rules_constraint;
extern const rule_family rules_index;
extern const rule_family rules_data;
extern const rule_family rules_lock;
extern const rule_family rules_trigger;
extern const rule_family rules_exists;
extern const rule_family rules_enum;
extern const rule_family rules_transaction;
extern const rule_family rules_type;
extern const rule_family rules_name;
extern const rule_family rules_domain;
extern const rule_family rules_setting;
extern const rule_family rules_security;
extern const rule_family rules_role;
extern const rule_family rules_unknown;
extern const rule_family rules_allow; /* the last one: it looks at what the others found */

/* All families, NULL behind the last. */
extern const rule_family *const rule_families[];

/* The rule of that name, or NULL. */
const rule *rule_find(const char *name);

/* Append a sentence that asks for the rules with names near to `wanted`, and a blank; nothing where
 * none is near. */
void rule_put_near(text *out, const char *wanted);

/* "error", "ACCESS EXCLUSIVE", "rewrite"; "none" for what there is none of. Static. */
const char *severity_name(severity s);
const char *lock_mode_name(lock_mode mode);
const char *work_name(work w);

#endif
