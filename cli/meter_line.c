/* meter_line.c - what runs, how far it is, and since when. Knows nothing of terminals. */
#include "meter_line.h"

#include <string.h>

#include "words.h"

#define BAR            10  /* columns inside of the bar */
#define STATEMENT_LOOK 512 /* bytes of a statement that are looked at for its line */

/* "[####------]" for `done` of `total`. */
static void put_bar(text *out, int64_t done, int64_t total)
{
  int64_t full = total > 0 && done > 0 ? done * BAR / total : 0;
  text_putc(out, '[');
  for (int i = 0; i < BAR; i++) {
    text_putc(out, i < full ? '#' : '-');
  }
  text_putc(out, ']');
}

/* The statement that runs, in one line. */
static void put_statement(const meter *m, text *out)
{
  const embark_bundle *b = m->c->bundle;
  if (m->statement == 0 || m->statement > m->running->statement_count) {
    return;
  }
  const embark_statement *s = &b->statements[m->running->first_statement + m->statement - 1];
  char beginning[STATEMENT_LOOK];
  size_t size = s->length < sizeof beginning ? (size_t)s->length : sizeof beginning - 1;
  memcpy(beginning, b->sql + s->offset, size);
  beginning[size] = '\0';
  screen_clean_line(out, beginning);
}

/* Tenths of a second, however short. */
static void put_elapsed(text *out, int64_t ms)
{
  words_duration(out, ms / 100 * 100000);
}

static void put_running(const meter *m, text *out, int64_t now_ms)
{
  uint32_t position = m->done + 1;
  uint32_t all = m->base + m->steps;
  const watch *w = &m->watch;
  text_printf(out, "%u/%u ", (unsigned)position, (unsigned)all);
  if (w->phase[0] != '\0') {
    put_bar(out, w->done, w->total);
  } else {
    put_bar(out, m->done, all);
  }
  text_putc(out, ' ');
  screen_clean_line(out, m->tag);
  text_putc(out, ' ');
  put_elapsed(out, now_ms - m->step_us / 1000);
  text_puts(out, "  ");
  if (w->phase[0] != '\0') {
    screen_clean_line(out, w->phase);
    if (w->total > 0) {
      text_printf(out, " %lld %%", (long long)(w->done * 100 / w->total));
    }
    text_puts(out, ": ");
  }
  if (m->running->statement_count > 1) {
    text_printf(out, "%u of %u: ", (unsigned)m->statement, (unsigned)m->running->statement_count);
  }
  put_statement(m, out);
}

void meter_line_put(text *out, const meter *m, int64_t now_ms)
{
  if (m->waiting[0] != '\0') {
    put_elapsed(out, now_ms - m->began_ms);
    text_puts(out, "  waiting for ");
    screen_clean_line(out, m->waiting);
  } else if (m->running != NULL) {
    put_running(m, out, now_ms);
  }
}
