/* same_bundle OBJECT DIR --list [OPTION...]: the folder's bundle in memory (loaded.h) is, field by
 * field, the one in the shared object OBJECT, which was generated from it and compiled. Prints the
 * first field that differs, and then exits 1. */
#include <stdio.h>
#include <string.h>

#include <dlfcn.h>

#include "args.h"
#include "loaded.h"

/* Where the comparison is, for what it says. */
typedef struct place {
  const char *table;
  uint32_t index;
} place;

static bool same(bool is_same, place at, const char *field)
{
  if (!is_same) {
    printf("%s %u: %s\n", at.table, at.index, field);
  }
  return is_same;
}

static bool same_string(const char *a, const char *b)
{
  return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_list(const char *const *a, const char *const *b)
{
  if (a == NULL || b == NULL) {
    return a == b;
  }
  for (; *a != NULL && same_string(*a, *b); a++, b++) {
  }
  return *a == NULL && *b == NULL;
}

#define STRING(field) same(same_string(a->field, b->field), at, #field)
#define NUMBER(field) same(a->field == b->field, at, #field)

static bool same_migration(const embark_migration *a, const embark_migration *b, place at)
{
  return STRING(tag) && STRING(file) && STRING(hash) && STRING(chain) && STRING(marks) &&
         STRING(outline) && NUMBER(when_ms) && NUMBER(lock_timeout_ms) &&
         NUMBER(statement_timeout_ms) && NUMBER(sql_offset) && NUMBER(sql_length) &&
         NUMBER(first_statement) && NUMBER(statement_count) && NUMBER(flags) && NUMBER(down) &&
         same(same_list(a->other_hashes, b->other_hashes), at, "other_hashes");
}

static bool same_statement(const embark_statement *a, const embark_statement *b, place at)
{
  return NUMBER(offset) && NUMBER(length) && NUMBER(data_offset) && NUMBER(data_length) &&
         NUMBER(line) && NUMBER(flags) && NUMBER(hazards) && NUMBER(made_by) && NUMBER(reserved);
}

static bool same_tables(const embark_bundle *a, const embark_bundle *b)
{
  bool is_same = true;
  for (uint32_t i = 0; i < a->migration_count && is_same; i++) {
    is_same = same_migration(&a->migrations[i], &b->migrations[i], (place){"migration", i});
  }
  for (uint32_t i = 0; i < a->down_count && is_same; i++) {
    is_same = same_migration(&a->downs[i], &b->downs[i], (place){"down", i});
  }
  for (uint32_t i = 0; i < a->statement_count && is_same; i++) {
    is_same = same_statement(&a->statements[i], &b->statements[i], (place){"statement", i});
  }
  return is_same;
}

static bool same_bundle(const embark_bundle *a, const embark_bundle *b)
{
  place at = {"bundle", 0};
  bool heads = NUMBER(format) && NUMBER(forbid) && STRING(component) && NUMBER(ledger) &&
               NUMBER(adopt) && STRING(ledger_schema) && STRING(ledger_table) && STRING(digest) &&
               STRING(ledger_digest) && NUMBER(sql_size) && NUMBER(migration_count) &&
               NUMBER(statement_count) && NUMBER(down_count) && NUMBER(reserved_too) &&
               same((a->migrations == NULL) == (b->migrations == NULL), at, "migrations") &&
               same((a->statements == NULL) == (b->statements == NULL), at, "statements") &&
               same((a->downs == NULL) == (b->downs == NULL), at, "downs");
  /* the NUL behind the text too */
  return heads && same(memcmp(a->sql, b->sql, (size_t)a->sql_size + 1) == 0, at, "sql") &&
         same_tables(a, b);
}

static const embark_bundle *open_object(const char *path, const char *symbol)
{
  void *object = dlopen(path, RTLD_LAZY);
  const embark_bundle *b = object != NULL ? dlsym(object, symbol) : NULL;
  if (b == NULL) {
    printf("%s\n", dlerror());
  }
  return b;
}

int main(int argc, char **argv)
{
  args a = {0};
  diag d = {0};
  loaded l = {0};
  bool is_same = false;
  if (argc > 2 && args_read(&a, argc - 1, argv + 1, &d) == 0 &&
      loaded_build(&l, a.dir, &a.pack, &d) == 0) {
    const embark_bundle *compiled = open_object(argv[1], a.symbol);
    is_same = compiled != NULL && same_bundle(loaded_bundle(&l), compiled);
  }
  if (d.errors > 0) {
    printf("%s", text_string(&d.out));
  }
  loaded_free(&l);
  diag_free(&d);
  args_free(&a);
  return is_same ? 0 : 1;
}
