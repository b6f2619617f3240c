/* Reads examples, and asks the linter about them. Knows no rule by name, and no server. */
#include "example.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keep.h"

/* --- rules ------------------------------------------------------------------------------------ */

const rule *rule_number(int number)
{
  size_t left = (size_t)number;
  for (size_t f = 0; rule_families[f] != NULL; f++) {
    if (left < rule_families[f]->count) {
      return &rule_families[f]->rules[left];
    }
    left -= rule_families[f]->count;
  }
  return NULL;
}

int rule_count(void)
{
  int count = 0;
  while (rule_number(count) != NULL) {
    count++;
  }
  return count;
}

/* --- files ------------------------------------------------------------------------------------ */

const char *file_text(const char *dir, const char *name, const char *file)
{
  FILE *in = fopen(keep_printf("%s/%s/%s", dir, name, file), "r");
  size_t room = 1 << 16, size;
  if (in == NULL) {
    return NULL;
  }
  char *content = keep_zeros(room);
  size = fread(content, 1, room - 1, in);
  ck_assert_msg(size < room - 1, "%s/%s/%s is too long", dir, name, file);
  ck_assert_int_eq(fclose(in), 0);
  return content;
}

const char *example_claim(const char *name, const char *word)
{
  const char *file = file_text(EXAMPLES, name, "claims");
  const char *claims = keep_printf("\n%s", file != NULL ? file : "");
  const char *key = keep_printf("\n%s ", word), *at = strstr(claims, key);
  if (at == NULL) {
    return "";
  }
  at += strlen(key);
  return keep_printf("%.*s", (int)strcspn(at, "\n"), at);
}

/* --- migrations ------------------------------------------------------------------------------- */

/* The first statement that begins behind the line. */
static size_t target_of(const migration *m)
{
  const char *line = strstr(m->source.bytes, HERE);
  size_t i = 0;
  while (line != NULL && i < m->script.count &&
         m->script.statements[i].start < (size_t)(line - m->source.bytes)) {
    i++;
  }
  return line != NULL ? i : m->script.count;
}

void example_make(example *e, const char *before, const char *sql)
{
  const char *const texts[] = {before, sql};
  size_t skipped = before == NULL;
  linted_run(&e->folder, texts + skipped, 2 - skipped);
  const migration_list *list = &e->folder.pack.migrations;
  e->index = list->count - 1;
  e->of = &list->items[e->index];
  e->before = before != NULL ? &list->items[0] : NULL;
  e->target = target_of(e->of);
}

void example_load(example *e, const char *name, const char *file)
{
  const char *sql = file_text(EXAMPLES, name, file);
  ck_assert_msg(sql != NULL, EXAMPLES "/%s has no %s", name, file);
  example_make(e, file_text(EXAMPLES, name, "before.sql"), sql);
}

const finding *example_finding(const example *e, const char *name, const size_t *index)
{
  const findings *found = &e->folder.lint.found;
  for (size_t i = 0; i < found->count; i++) {
    const finding *f = &found->items[i];
    if (f->migration == e->index && strcmp(f->rule->name, name) == 0 &&
        (index == NULL || f->statement == *index)) {
      return f;
    }
  }
  return NULL;
}

const char *statement_text(const migration *m, size_t index)
{
  const statement *st = &m->script.statements[index];
  return st->implied != NULL
             ? st->implied
             : keep_printf("%.*s", (int)(st->end - st->start), m->source.bytes + st->start);
}
