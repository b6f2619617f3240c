/* change.c - outlines compared (embark_bundle.h has what they are). */
#include "change.h"

#include <string.h>

#include "difference.h"
#include "split.h"

#define HALF       (EMBARK_OUTLINE_LENGTH / 2)
#define LINES_MOST 24

static const migration *folder_file(const cli *c, const embark_entry *e)
{
  const migration_list *list = &c->folder.pack.migrations;
  return !c->is_linked && e->migration < list->count ? &list->items[e->migration] : NULL;
}

/* Two halves: one does not see white space, the other does not see comments either. */
static change_kind compare(const char *before, const char *after)
{
  if (memcmp(before, after, HALF) == 0) {
    return CHANGE_WHITE_SPACE;
  }
  return memcmp(before + HALF, after + HALF, HALF) == 0 ? CHANGE_COMMENTS : CHANGE_REAL;
}

/* The outline of a text that nobody kept; "" when it cannot be cut into statements. */
static void outline_of(char digits[EMBARK_OUTLINE_LENGTH + 1], const text *t, bool drizzle)
{
  char path[] = "";
  text copy = {0};
  diag ignored = {0};
  script s = {0};
  text_puts(&copy, text_string(t));
  source src = {.path = path, .bytes = copy.bytes, .size = copy.size};
  digits[0] = '\0';
  if (copy.bytes != NULL && copy.size == t->size && split(&s, &src, drizzle, &ignored) == 0) {
    memcpy(digits, s.outline, EMBARK_OUTLINE_LENGTH + 1);
  }
  script_free(&s);
  diag_free(&ignored);
  text_free(&copy);
}

static bool is_outline(const char *string)
{
  return string != NULL && strlen(string) == EMBARK_OUTLINE_LENGTH;
}

void change_find(change *ch, const cli *c, const embark_entry *e, bool ask_git)
{
  const migration *file = folder_file(c, e);
  const embark_migration *m = &c->bundle->migrations[e->migration];
  char digits[EMBARK_OUTLINE_LENGTH + 1];
  *ch = (change){0};
  if (ask_git && file != NULL && e->hash != NULL) {
    const char *dir = c->flags.dir != NULL ? c->flags.dir : "migrations";
    ch->has_old = old_text_find(&ch->old, dir, file->file, e->hash);
  }
  const char *before = e->outline;
  if (!is_outline(before) && ch->has_old) {
    outline_of(digits, &ch->old.bytes, c->folder.pack.drizzle);
    before = digits;
  }
  if (is_outline(before) && is_outline(m->outline)) {
    ch->kind = compare(before, m->outline);
  }
}

void change_free(change *ch)
{
  old_text_free(&ch->old);
  *ch = (change){0};
}

const char *change_word(change_kind kind)
{
  static const char *const words[] = {[CHANGE_UNKNOWN] = "unknown",
                                      [CHANGE_WHITE_SPACE] = "white_space",
                                      [CHANGE_COMMENTS] = "comments",
                                      [CHANGE_REAL] = "real"};
  return words[kind];
}

void change_put(text *out, const screen *s, const change *ch, const cli *c, const embark_entry *e)
{
  const migration *file = folder_file(c, e);
  if (!ch->has_old || file == NULL) {
    return;
  }
  difference_put(out, s, (difference_text){text_string(&ch->old.bytes), ch->old.bytes.size},
                 (difference_text){file->source.bytes, file->source.size}, LINES_MOST);
}
