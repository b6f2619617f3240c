/* Lays findings out for a screen. Texts of files go through it so that they cannot steer it. */
#include "report_text.h"

#include <string.h>

#include "excerpt_line.h"

enum { INDENT = 2, INDENT_BETTER = 6 };

static screen_style style_of(severity level)
{
  return level == SEVERITY_ERROR ? STYLE_BAD : level == SEVERITY_WARNING ? STYLE_WARN : STYLE_BOLD;
}

/* --- lines ------------------------------------------------------------------------------------ */

static void put_place(text *out, const screen *s, const char *path, source_place place)
{
  text name = {0};
  screen_clean_line(&name, path);
  text_printf(&name, ":%zu:%zu:", place.line, place.column);
  screen_put(s, out, STYLE_BOLD, text_string(&name));
  text_putc(out, ' ');
  text_free(&name);
}

static void put_message(text *out, const screen *s, const finding *f)
{
  text name = {0};
  text_printf(&name, "[%s]", f->rule->name);
  screen_put(s, out, style_of(f->rule->severity), severity_name(f->rule->severity));
  text_puts(out, ": ");
  screen_clean_line(out, f->message);
  text_putc(out, ' ');
  screen_put(s, out, STYLE_DIM, text_string(&name));
  text_putc(out, '\n');
  text_free(&name);
}

/* Append a sentence whose lines end where a word does, within the screen. */
static void put_wrapped(text *out, const screen *s, const char *string, int indent)
{
  int used = s->width; /* the first word begins the first line */
  while (*string != '\0') {
    char word[256];
    size_t size = strcspn(string, " ");
    size = size < sizeof word - 1 ? size : sizeof word - 1;
    memcpy(word, string, size);
    word[size] = '\0';
    int columns = screen_columns(word);
    bool is_first = used == s->width && (out->size == 0 || out->bytes[out->size - 1] == '\n');
    if (used + 1 + columns >= s->width) {
      text_printf(out, "%s%*s%s", is_first ? "" : "\n", indent, "", word);
      used = indent + columns;
    } else {
      text_printf(out, " %s", word);
      used += 1 + columns;
    }
    string += size;
    string += strspn(string, " ");
  }
  text_putc(out, '\n');
}

/* SQL keeps its lines. */
static void put_lines(text *out, const char *string, int indent)
{
  while (*string != '\0') {
    size_t size = strcspn(string, "\n");
    text_printf(out, "%*s%.*s\n", size > 0 ? indent : 0, "", (int)size, string);
    string += size + (string[size] == '\n');
  }
}

static bool is_sentence(const char *better)
{
  size_t size = strlen(better);
  return strchr(better, '\n') == NULL && size > 0 && better[size - 1] == '.';
}

static void put_better(text *out, const screen *s, const char *better)
{
  text clean = {0};
  if (better[0] == '\0') {
    return;
  }
  screen_clean(&clean, better);
  if (is_sentence(text_string(&clean))) {
    put_wrapped(out, s, text_string(&clean), INDENT);
  } else {
    text_printf(out, "%*sinstead:\n", INDENT, "");
    put_lines(out, text_string(&clean), INDENT_BETTER);
  }
  text_free(&clean);
}

/* What PostgreSQL does about the statement, where that is worth a line. */
static void put_work(text *out, const rule *r)
{
  if (r->lock == LOCK_NONE && r->work == WORK_NONE) {
    return;
  }
  text_printf(out, "%*slock: %s; work: %s\n", INDENT, "", lock_mode_name(r->lock),
              work_name(r->work));
}

/* --- findings --------------------------------------------------------------------------------- */

/* The line that ends at byte `end`. */
static line line_up_to(const source *src, size_t end)
{
  size_t start = end;
  while (start > 0 && src->bytes[start - 1] != '\n') {
    start--;
  }
  size_t size = end - start;
  return (line){src->bytes + start, size > 0 && src->bytes[end - 1] == '\r' ? size - 1 : size};
}

/* With the line before, where the statement has begun by then. */
static void put_excerpt(text *out, const screen *s, const finding *f, const migration *m,
                        source_place place)
{
  const source *src = &m->source;
  uint32_t number = (uint32_t)place.line;
  if (f->statement < m->script.count && m->script.statements[f->statement].line < place.line) {
    excerpt_line(out, s, line_up_to(src, place.line_start - 1), number - 1, 0);
  }
  excerpt_line(out, s, line_up_to(src, place.line_end), number, (uint32_t)place.column);
}

static void put_finding(text *out, const screen *s, const selected *one, const pack *p)
{
  const finding *f = one->finding;
  const migration *m = &p->migrations.items[f->migration];
  source_place place = source_find(&m->source, f->at);
  put_place(out, s, m->source.path, place);
  put_message(out, s, f);
  put_excerpt(out, s, f, m, place);
  if (one->reason != NULL) {
    text_printf(out, "%*sallowed: ", INDENT, "");
    screen_clean_line(out, one->reason);
    text_putc(out, '\n');
    return;
  }
  put_work(out, f->rule);
  put_better(out, s, f->better);
}

void report_text(text *out, const screen *s, const selection *sel, const pack *p, bool with_allowed)
{
  for (size_t i = 0; i < sel->count; i++) {
    if (with_allowed || sel->items[i].reason == NULL) {
      put_finding(out, s, &sel->items[i], p);
      text_putc(out, '\n');
    }
  }
}

static void put_count(text *out, size_t count, const char *noun, const char *before)
{
  text_printf(out, "%s%zu %s%s", before, count, noun, count == 1 ? "" : "s");
}

void report_text_sum(text *out, const selection *sel)
{
  const char *before = "";
  for (int level = SEVERITY_ERROR; level >= SEVERITY_NOTE; level--) {
    if (sel->of[level] > 0) {
      put_count(out, sel->of[level], severity_name((severity)level), before);
      before = ", ";
    }
  }
  text_puts(out, before[0] == '\0' ? "nothing found" : "");
  put_count(out, sel->migrations, "migration", " in ");
  if (sel->allowed > 0) {
    text_printf(out, "; %zu allowed", sel->allowed);
  }
  text_putc(out, '\n');
}
