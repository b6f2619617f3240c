/* The list of families, and names. Knows no rule. */
#include "rule.h"

#include <string.h>

#include "near.h"

/* clang-format off */
const rule_family *const rule_families[] = {
    &rules_drop,
    &rules_rename,
    &rules_column,
    &rules_constraint,
    &rules_index,
    &rules_data,
    &rules_lock,
    &rules_trigger,
    &rules_exists,
    &rules_enum,
    &rules_transaction,
    &rules_type,
    &rules_name,
    &rules_domain,
    &rules_setting,
    &rules_security,
    &rules_role,
    &rules_unknown,
    &rules_allow,
    NULL,
};
/* clang-format on */

const rule *rule_find(const char *name)
{
  for (size_t f = 0; rule_families[f] != NULL; f++) {
    for (size_t i = 0; i < rule_families[f]->count; i++) {
      if (strcmp(rule_families[f]->rules[i].name, name) == 0) {
        return &rule_families[f]->rules[i];
      }
    }
  }
  return NULL;
}

void rule_put_near(text *out, const char *wanted)
{
  near_names near = {.wanted = wanted};
  text names = {0};
  for (size_t f = 0; rule_families[f] != NULL; f++) {
    for (size_t i = 0; i < rule_families[f]->count; i++) {
      near_look(&near, rule_families[f]->rules[i].name);
    }
  }
  near_put(&names, &near);
  if (names.size > 0) {
    text_printf(out, "Did you mean %s? ", text_string(&names));
  }
  text_free(&names);
}

const char *severity_name(severity s)
{
  static const char *const names[] = {[SEVERITY_HIDDEN] = "hidden",
                                      [SEVERITY_NOTE] = "note",
                                      [SEVERITY_WARNING] = "warning",
                                      [SEVERITY_ERROR] = "error"};
  return names[s];
}

const char *lock_mode_name(lock_mode mode)
{
  static const char *const names[] = {[LOCK_NONE] = "none",
                                      [LOCK_ACCESS_SHARE] = "ACCESS SHARE",
                                      [LOCK_ROW_SHARE] = "ROW SHARE",
                                      [LOCK_ROW_EXCLUSIVE] = "ROW EXCLUSIVE",
                                      [LOCK_SHARE_UPDATE_EXCLUSIVE] = "SHARE UPDATE EXCLUSIVE",
                                      [LOCK_SHARE] = "SHARE",
                                      [LOCK_SHARE_ROW_EXCLUSIVE] = "SHARE ROW EXCLUSIVE",
                                      [LOCK_EXCLUSIVE] = "EXCLUSIVE",
                                      [LOCK_ACCESS_EXCLUSIVE] = "ACCESS EXCLUSIVE"};
  return names[mode];
}

const char *work_name(work w)
{
  static const char *const names[] = {[WORK_NONE] = "none",
                                      [WORK_SCAN] = "scan",
                                      [WORK_BUILD] = "index build",
                                      [WORK_REWRITE] = "rewrite"};
  return names[w];
}
