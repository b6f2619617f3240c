/* Writes a folder, has it bundled and linted, and removes it. Knows no rule. */
#include "linted.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"

static void file_name(char name[32], size_t index)
{
  snprintf(name, 32, "%04zu_step.sql", index);
}

static void write_all(const char *dir, const char *const *texts, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    char name[32];
    file_name(name, i);
    char *path = alloc_path(dir, name);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(texts[i], file), 0);
    ck_assert_int_eq(fclose(file), 0);
    free(path);
  }
}

static void remove_all(const char *dir, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    char name[32];
    file_name(name, i);
    char *path = alloc_path(dir, name);
    unlink(path);
    free(path);
  }
  rmdir(dir);
}

void linted_run(linted *l, const char *const *texts, size_t count)
{
  char dir[] = "/tmp/embark-test-linted-XXXXXX";
  diag said = {0};
  ck_assert_ptr_nonnull(mkdtemp(dir));
  write_all(dir, texts, count);
  int status = pack_build(&l->pack, dir, &(pack_options){.component = "linted"}, &said);
  remove_all(dir, count);
  ck_assert_msg(status == 0, "%s", text_string(&said.out));
  diag_free(&said);
  lint_run(&l->lint, &l->pack);
}

char *linted_rules(const linted *l, const rule_family *family)
{
  text names = {0};
  for (size_t i = 0; i < l->lint.found.count; i++) {
    const finding *f = &l->lint.found.items[i];
    bool is_of_family = f->rule >= family->rules && f->rule < family->rules + family->count;
    if (is_of_family && f->migration + 1 == l->pack.migrations.count) {
      text_printf(&names, "%s%s", names.size > 0 ? " " : "", f->rule->name);
    }
  }
  char *found = alloc_string(text_string(&names), names.size);
  text_free(&names);
  return found;
}

void linted_free(linted *l)
{
  lint_free(&l->lint);
  pack_free(&l->pack);
}

void expect_rules(const rule_family *family, const lint_case *given)
{
  linted l;
  const char *const texts[] = {given->before, given->sql};
  size_t skipped = given->before == NULL;
  if (tree_grammar() == NULL) {
    return;
  }
  linted_run(&l, texts + skipped, 2 - skipped);
  char *found = linted_rules(&l, family);
  ck_assert_msg(strcmp(found, given->rules) == 0, "%s: \"%s\" instead of \"%s\"", given->sql, found,
                given->rules);
  free(found);
  linted_free(&l);
}
