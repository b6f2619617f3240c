/* report_github.c - knows how workflow commands are escaped. */
#include "report_github.h"

#include <string.h>

#include "screen.h"

/* What would end a value, or the line. `more` are the characters that end a property. */
static void put_escaped(text *out, const char *string, const char *more)
{
  text clean = {0};
  screen_clean(&clean, string);
  for (const char *at = text_string(&clean); *at != '\0'; at++) {
    if (strchr("%\r\n", *at) != NULL || strchr(more, *at) != NULL) {
      text_printf(out, "%%%02X", (unsigned)(unsigned char)*at);
    } else {
      text_putc(out, *at);
    }
  }
  text_free(&clean);
}

static void put_finding(text *out, const finding *f, const pack *p)
{
  static const char *const commands[] = {[SEVERITY_HIDDEN] = "notice",
                                         [SEVERITY_NOTE] = "notice",
                                         [SEVERITY_WARNING] = "warning",
                                         [SEVERITY_ERROR] = "error"};
  const source *src = &p->migrations.items[f->migration].source;
  source_place place = source_find(src, f->at);
  text_printf(out, "::%s file=", commands[f->rule->severity]);
  put_escaped(out, src->path, ":,");
  text_printf(out, ",line=%zu,col=%zu,title=", place.line, place.column);
  put_escaped(out, f->rule->name, ":,");
  text_puts(out, "::");
  put_escaped(out, f->message, "");
  if (f->better[0] != '\0') {
    text_puts(out, "%0A%0A");
    put_escaped(out, f->better, "");
  }
  text_putc(out, '\n');
}

void report_github(text *out, const selection *sel, const pack *p)
{
  for (size_t i = 0; i < sel->count; i++) {
    if (sel->items[i].reason == NULL) {
      put_finding(out, sel->items[i].finding, p);
    }
  }
}
