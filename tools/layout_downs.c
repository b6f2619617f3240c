/* Finds what reverts a migration: <tag>.down.sql beside its file, in every layout. Knows names;
 * leaves the files' text to others. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "layout.h"

#define DOWN ".down.sql"

bool layout_is_down(const char *name)
{
  return name_ends_with(name, DOWN);
}

static size_t down_tag_size(const char *name)
{
  return strlen(name) - strlen(DOWN);
}

/* The migration that begins with the same number, for the hint; NULL when none does. Its name may
 * differ where the tool that the files come from goes by the number alone. */
static const migration *of_same_number(const migration_list *list, const char *name)
{
  size_t size = strspn(name, "0123456789");
  for (size_t i = 0; i < list->count && size > 0; i++) {
    const char *tag = list->items[i].tag;
    if (strspn(tag, "0123456789") == size && memcmp(tag, name, size) == 0) {
      return &list->items[i];
    }
  }
  return NULL;
}

/* A slip in its name would make a migration irreversible, which nobody notices before the day. */
static void refuse_orphan(const migration_list *list, const char *dir, const char *name, diag *d)
{
  const migration *meant = of_same_number(list, name);
  text hint = {0};
  if (meant != NULL) {
    text_printf(&hint, "Is it meant for \"%s\"? Then rename it to %s" DOWN ".", meant->tag,
                meant->tag);
  } else {
    text_puts(&hint, "Name it after the migration that it reverts, or remove it.");
  }
  diag_error(d, text_string(&hint), "%s/%s reverts no migration: there is none called \"%.*s\"",
             dir, name, (int)down_tag_size(name), name);
  text_free(&hint);
}

/* The file lies beside one that is no migration itself: in a Drizzle folder, a leftover. */
static bool has_up(const char *dir, const char *name)
{
  text up = {0};
  text_put(&up, name, down_tag_size(name));
  text_puts(&up, ".sql");
  bool found = folder_has(dir, text_string(&up));
  text_free(&up);
  return found;
}

/* A journal may call a migration so that its own file looks like what reverts another. */
static bool is_down_here(migration *const *sorted, size_t count, const char *name)
{
  return layout_is_down(name) &&
         migration_find(sorted, count, name, strlen(name) - strlen(".sql")) == NULL;
}

int layout_pair_downs(const migration_list *list, const char *dir, const folder *f, diag *d)
{
  size_t errors = d->errors;
  migration **sorted = migration_list_sorted(list);
  for (size_t i = 0; i < f->count; i++) {
    const char *name = f->entries[i].name;
    if (is_down_here(sorted, list->count, name)) {
      migration *m = migration_find(sorted, list->count, name, down_tag_size(name));
      if (m != NULL) {
        m->down_file = alloc_string(name, strlen(name));
      } else if (!has_up(dir, name)) {
        refuse_orphan(list, dir, name, d);
      }
    }
  }
  free(sorted);
  return d->errors == errors ? 0 : -1;
}
