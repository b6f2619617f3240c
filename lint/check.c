/* Turns what rules say into findings: places in the file, what is new, who made it. */
#include "check.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "block.h"
#include "node.h"
#include "text.h"

void check_choose(check *c, const statement_look *looks, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    if (strcmp(c->tree->kind, looks[i].kind) == 0) {
      looks[i].at(c);
    }
  }
}

char *check_sql(const migration *m, size_t index)
{
  const statement *st = &m->script.statements[index];
  return st->implied != NULL ? alloc_string(st->implied, strlen(st->implied))
                             : alloc_string(m->source.bytes + st->start, st->end - st->start);
}

void check_read(tree *t, const migration *m, size_t index)
{
  char *sql = check_sql(m, index);
  tree_parse(t, sql);
  free(sql);
}

/* --- subjects --------------------------------------------------------------------------------- */

static subject make_subject(const object *o, const char *schema, const char *name)
{
  return (subject){.object = o, .schema = schema, .name = name};
}

subject subject_of_range(const check *c, json_t *range)
{
  return make_subject(catalog_relation(c->catalog, range), node_text(range, "schemaname"),
                      node_text(range, "relname"));
}

subject subject_of_names(const check *c, object_kind kind, json_t *names)
{
  json_t *list = node_listed_names(names);
  list = list != NULL ? list : names;
  const char *name = json_is_array(list) ? node_last_name(list) : node_text(list, "String.sval");
  const char *schema = json_is_array(list) ? node_schema_name(list) : NULL;
  return make_subject(catalog_find(c->catalog, kind, schema, name), schema, name);
}

subject subject_as_data(const check *c, subject s, const column *named)
{
  if (s.object != NULL && !s.object->is_temporary) {
    s.made_by = named != NULL ? named->oldest : s.object->oldest;
    s.is_older = s.made_by == 0 || (s.schema == NULL && c->catalog->path_is_set);
  }
  return s;
}

static size_t maker_of(const subject *s)
{
  if (s->is_older) {
    return 0;
  }
  return s->made_by > 0 ? s->made_by : s->object != NULL ? s->object->made_by : 0;
}

bool subject_is_new(const check *c, const subject *s)
{
  return maker_of(s) == c->migration + 1 || (s->object != NULL && s->object->is_temporary);
}

static char *name_of(const subject *s)
{
  text name = {0};
  if (s->name != NULL) {
    text_puts(&name, s->schema != NULL ? s->schema : "public");
    text_putc(&name, '.');
    text_puts(&name, s->name);
  }
  char *copy = alloc_string(text_string(&name), name.size);
  text_free(&name);
  return copy;
}

static bool is_plain(const char *name)
{
  static const char *const reserved[] = {
      "all",    "analyse", "analyze", "check", "column",  "default",    "desc",   "end",   "from",
      "group",  "limit",   "offset",  "order", "primary", "references", "select", "table", "to",
      "unique", "user",    "using",   "when",  "where",   "with",       "window"};
  size_t size = strlen(name);
  for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++) {
    if (strcmp(reserved[i], name) == 0) {
      return false;
    }
  }
  return size > 0 && !isdigit((unsigned char)name[0]) &&
         strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == size;
}

void name_put(text *out, const char *name)
{
  if (is_plain(name)) {
    text_puts(out, name);
    return;
  }
  text_putc(out, '"');
  for (; *name != '\0'; name++) {
    text_printf(out, "%s%c", *name == '"' ? "\"" : "", *name);
  }
  text_putc(out, '"');
}

void subject_put_name(text *out, const subject *s)
{
  if (s->schema != NULL) {
    name_put(out, s->schema);
    text_putc(out, '.');
  }
  name_put(out, s->name);
}

/* --- reports ---------------------------------------------------------------------------------- */

void check_report(check *c, const rule *r, size_t place, const subject *about, const char *better,
                  const char *format, ...)
{
  text message = {0};
  va_list args;
  if (about != NULL && (r->flags & RULE_ON_EXISTING) != 0 && subject_is_new(c, about)) {
    return;
  }
  va_start(args, format);
  text_vprintf(&message, format, args);
  va_end(args);
  finding *f = findings_add(c->out, r);
  f->migration = c->migration;
  f->statement = c->statement;
  f->at = c->base + (c->is_elsewhere ? 0 : place);
  alloc_replace(&f->message, text_string(&message));
  alloc_replace(&f->better, better != NULL ? better : "");
  if (about != NULL) {
    f->made_by = maker_of(about);
    f->object = catalog_number(c->catalog, about->object);
    free(f->about);
    f->about = name_of(about);
  }
  text_free(&message);
}

void check_touch(check *c, const subject *about, lock_mode lock, work w, bool is_data, size_t place)
{
  touches *list = &c->touches;
  if (subject_is_new(c, about)) {
    return;
  }
  list->items = alloc_one_more(list->items, &list->capacity, list->count, sizeof list->items[0]);
  list->items[list->count++] = (touch){.statement = c->statement,
                                       .object = catalog_number(c->catalog, about->object),
                                       .about = name_of(about),
                                       .lock = lock,
                                       .work = w,
                                       .is_data = is_data,
                                       .at = c->base + (c->is_elsewhere ? 0 : place),
                                       .transaction = c->transaction};
}

/* --- places ----------------------------------------------------------------------------------- */

static bool is_word_byte(char b)
{
  return isalnum((unsigned char)b) || b == '_' || b == '$' || (unsigned char)b >= 0x80;
}

static bool is_same(char a, char b)
{
  return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static bool stands_at(const char *sql, size_t size, size_t at, const char *word, size_t length)
{
  if (at + length > size || (at > 0 && is_word_byte(sql[at - 1])) ||
      (at + length < size && is_word_byte(sql[at + length]))) {
    return false;
  }
  for (size_t i = 0; i < length; i++) {
    if (!is_same(sql[at + i], word[i])) {
      return false;
    }
  }
  return true;
}

size_t check_find_word(const check *c, const char *name, size_t place)
{
  size_t length = strlen(name);
  const statement *st = &c->of->script.statements[c->statement];
  for (size_t at = c->base + place; at < st->end; at++) {
    if (stands_at(c->of->source.bytes, st->end, at, name, length)) {
      return at - c->base;
    }
  }
  return place;
}

/* --- what follows ----------------------------------------------------------------------------- */

typedef struct search {
  check_test *test;
  const void *data;
  bool found;
} search;

static void look_into(void *data, const char *sql)
{
  search *s = data;
  tree t = {0};
  if (sql == NULL || s->found) {
    return;
  }
  tree_parse(&t, sql);
  if (strcmp(t.kind, "DoStmt") == 0) {
    block_each(&t, sql, look_into, s);
  } else {
    s->found = t.node != NULL && s->test(&t, s->data);
  }
  tree_free(&t);
}

static bool has_word(const char *sql, const char *word)
{
  size_t size = strlen(sql);
  size_t length = strlen(word);
  for (size_t at = 0; at < size; at++) {
    if (stands_at(sql, size, at, word, length)) {
      return true;
    }
  }
  return false;
}

bool check_follows(const check *c, const char *word, check_test *test, const void *data)
{
  search s = {.test = test, .data = data};
  for (size_t i = c->statement; !s.found && i < c->of->script.count; i++) {
    if (c->of->script.statements[i].implied == NULL) {
      char *sql = check_sql(c->of, i);
      if (has_word(sql, word)) {
        look_into(&s, sql);
      }
      free(sql);
    }
  }
  return s.found;
}

static bool gives_name(const tree *t, const void *name)
{
  static const char *const paths[] = {"newname",          "view.relname",    "into.rel.relname",
                                      "sequence.relname", "typevar.relname", "extname",
                                      "schemaname"};
  static const char *const lists[] = {"typeName", "domainname", "funcname", "defnames"};
  bool is_made = strncmp(t->kind, "Create", 6) == 0 || strncmp(t->kind, "Define", 6) == 0 ||
                 strcmp(t->kind, "ViewStmt") == 0 || strcmp(t->kind, "RenameStmt") == 0 ||
                 strcmp(t->kind, "CompositeTypeStmt") == 0;
  for (size_t i = 0; is_made && i < sizeof paths / sizeof paths[0]; i++) {
    if (node_is(t->node, paths[i], name)) {
      return true;
    }
  }
  for (size_t i = 0; is_made && i < sizeof lists / sizeof lists[0]; i++) {
    const char *given = node_last_name(node_get(t->node, lists[i]));
    if (given != NULL && strcmp(given, name) == 0) {
      return true;
    }
  }
  return is_made && strcmp(t->kind, "CreateStmt") == 0 &&
         node_is(t->node, "relation.relname", name);
}

bool check_is_replaced(const check *c, const char *name)
{
  return name != NULL && check_follows(c, name, gives_name, name);
}
