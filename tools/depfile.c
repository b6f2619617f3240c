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

/* The names of all the files, each between `before` and `after`. */
static void put_files(text *out, const char *dir, const pack *p, const char *before,
                      const char *after)
{
  text_puts(out, before);
  put_name(out, dir);
  text_puts(out, after);
  for (size_t i = 0; i <= p->migrations.count; i++) {
    bool last = i == p->migrations.count;
    if (last && !p->drizzle) {
      break;
    }
    char *path = alloc_path(dir, last ? LAYOUT_JOURNAL : p->migrations.items[i].file);
    text_puts(out, before);
    put_name(out, path);
    text_puts(out, after);
    free(path);
  }
}

void depfile_put(text *out, const char *target, const char *dir, const pack *p)
{
  put_name(out, target);
  text_putc(out, ':');
  put_files(out, dir, p, " \\\n  ", "");
  text_putc(out, '\n');
  put_files(out, dir, p, "\n", ":\n");
}
