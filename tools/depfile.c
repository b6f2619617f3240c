/* Writes dependency files. Knows how make reads a name; knows nothing of migrations but their
 * files. */
#include "depfile.h"

#include <stdlib.h>

#include "alloc.h"
#include "layout.h"

/* Blanks and # take a backslash (and a backslash before them another), $ is doubled: as gcc
 * does. */
static void put_name(text *out, const char *name)
{
  size_t backslashes = 0;
  for (const char *p = name; *p != '\0'; p++) {
    if (*p == ' ' || *p == '\t' || *p == '#') {
      for (; backslashes > 0; backslashes--) {
        text_putc(out, '\\');
      }
      text_putc(out, '\\');
    } else if (*p == '$') {
      text_putc(out, '$');
    }
    backslashes = *p == '\\' ? backslashes + 1 : 0;
    text_putc(out, *p);
  }
}

/* How a file's name is written: between `before` and `after`. */
typedef struct form {
  const char *before;
  const char *after;
} form;

static void put_file(text *out, const form *how, const char *dir, const char *file)
{
  char *path = file != NULL ? alloc_path(dir, file) : NULL;
  text_puts(out, how->before);
  put_name(out, path != NULL ? path : dir);
  text_puts(out, how->after);
  free(path);
}

static void put_files(text *out, const form *how, const char *dir, const pack *p)
{
  put_file(out, how, dir, NULL);
  for (size_t i = 0; i < p->migrations.count; i++) {
    const migration *m = &p->migrations.items[i];
    if (p->layout == LAYOUT_FOLDERS) {
      put_file(out, how, dir, m->tag); /* its folder, where down.sql may come to lie */
    }
    put_file(out, how, dir, m->file);
  }
  for (size_t i = 0; i < p->downs.count; i++) {
    put_file(out, how, dir, p->downs.items[i].file);
  }
  if (p->layout == LAYOUT_DRIZZLE) {
    put_file(out, how, dir, LAYOUT_JOURNAL);
  }
}

void depfile_put(text *out, const char *target, const char *dir, const pack *p)
{
  put_name(out, target);
  text_putc(out, ':');
  put_files(out, &(form){" \\\n  ", ""}, dir, p);
  text_putc(out, '\n');
  put_files(out, &(form){"\n", ":\n"}, dir, p);
}
