/* meter.c - from events and ticks to lines. */
#include "meter.h"

#include <string.h>
#include <time.h>

#include "drive.h"
#include "hazard_words.h"
#include "meter_line.h"
#include "report.h"
#include "words.h"

#define DRAW_EVERY_MS  100
#define WATCH_AFTER_MS 1000 /* a build that is done sooner needs no second connection */
#define ECHO           2 /* columns that a terminal puts behind the line when Ctrl-C is pressed */
#define TELL_EVERY_MS  30000 /* that a wait goes on, where there is no living line */

static int64_t now_us(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t now_ms(void)
{
  return now_us() / 1000;
}

static bool is_quiet(const meter *m)
{
  return m->c->flags.quiet || m->c->document.root != NULL;
}

/* --- the living line -------------------------------------------------------------------------- */

static void put_erase(meter *m, text *out)
{
  if (m->is_drawn) {
    text_puts(out, "\r\033[K");
    m->is_drawn = false;
  }
}

static void draw(meter *m, int64_t now)
{
  text line = {0};
  text out = {0};
  meter_line_put(&line, m, now);
  screen_measure(&m->c->err);
  put_erase(m, &out);
  if (line.size > 0) {
    screen_cut(&out, text_string(&line), m->c->err.width - ECHO - 1);
    m->is_drawn = true;
  }
  m->drawn_ms = now;
  text_free(&line);
  screen_flush(&m->c->err, &out);
}

/* A line that stays, above the living one. Takes `line`, which has no newline. */
static void say(meter *m, text *line)
{
  text out = {0};
  if (!is_quiet(m)) {
    put_erase(m, &out);
    text_puts(&out, text_string(line));
    text_putc(&out, '\n');
    screen_flush(&m->c->err, &out);
  }
  text_free(line);
}

static void on_tick(void *data)
{
  meter *m = data;
  int64_t now = now_ms();
  bool is_outside =
      m->running != NULL && (m->running->flags & EMBARK_MIGRATION_NO_TRANSACTION) != 0;
  if (m->is_stopping || now - m->drawn_ms < DRAW_EVERY_MS) {
    return;
  }
  if (is_outside && m->waiting[0] == '\0' && now - m->statement_ms >= WATCH_AFTER_MS) {
    watch_poll(&m->watch, &m->c->flags, m->c->conn, now);
  }
  draw(m, now);
}

static void on_interrupt(void *data)
{
  meter *m = data;
  text line = {0};
  screen_put(&m->c->err, &line, STYLE_WARN, "cancelling");
  text_puts(&line, " ... (once more ends it at once)");
  m->is_stopping = true;
  watch_close(&m->watch);
  say(m, &line);
}

/* --- events ----------------------------------------------------------------------------------- */

/* The bundle's migration `tag`. Looks first where the last one was, and beside it: a run goes
 * through them in order, up or down. */
static const embark_migration *find(meter *m, const char *tag)
{
  const embark_bundle *b = m->c->bundle;
  uint32_t from = m->found > 0 ? m->found - 1 : 0;
  for (uint32_t i = 0; i < b->migration_count; i++) {
    uint32_t at = (uint32_t)(((uint64_t)from + i) % b->migration_count);
    if (strcmp(b->migrations[at].tag, tag) == 0) {
      m->found = at;
      return &b->migrations[at];
    }
  }
  return NULL;
}

static void begin_step(meter *m, const embark_event *event)
{
  const embark_migration *found = find(m, event->tag);
  m->waiting[0] = '\0';
  m->running = found;
  if (found != NULL && m->op == EMBARK_REVERT) {
    m->running = found->down > 0 ? &m->c->bundle->downs[found->down - 1] : NULL;
  }
  m->tag = found != NULL ? found->tag : "";
  m->statement = 1;
  m->hazards = event->hazards;
  m->step_us = now_us();
  m->statement_ms = m->step_us / 1000;
}

static void keep_step(meter *m, const char *tag, bool was_run, int64_t us)
{
  const embark_migration *r = m->running;
  if (m->finished == NULL) {
    return;
  }
  json_array_append_new(
      m->finished, json_pack("{s:s, s:s?, s:b, s:i, s:b, s:o, s:o}", "tag", tag, "file",
                             r != NULL ? r->file : NULL, "run", was_run, "statements",
                             was_run && r != NULL ? (int)r->statement_count : 0, "transaction",
                             r == NULL || (r->flags & EMBARK_MIGRATION_NO_TRANSACTION) == 0,
                             "duration_ms", was_run ? json_real((double)us / 1000) : json_null(),
                             "hazards", hazards_json(was_run ? m->hazards : 0)));
}

/* What became of a step, in one word. */
static const char *outcome(const meter *m, bool was_run)
{
  switch ((int)m->op) {
  case EMBARK_REVERT:
    return "reverted";
  case EMBARK_ACCEPT:
    return "accepted";
  default:
    return was_run ? "applied" : "adopted";
  }
}

static void end_step(meter *m, const embark_event *event)
{
  bool was_run = m->running != NULL && strcmp(m->tag, event->tag) == 0;
  int64_t us = was_run ? now_us() - m->step_us : 0;
  text line = {0};
  m->running = was_run ? m->running : find(m, event->tag);
  screen_put(&m->c->err, &line, STYLE_GOOD, outcome(m, was_run));
  text_printf(&line, " %s", event->tag);
  if (was_run) {
    text_puts(&line, " (");
    words_count(&line, m->running->statement_count, "statement");
    text_puts(&line, ", ");
    words_duration(&line, us);
    text_puts(&line, m->hazards != 0 ? ", " : "");
    words_hazards(&line, m->hazards, false);
    text_putc(&line, ')');
  }
  keep_step(m, event->tag, was_run, us);
  say(m, &line);
  m->done++;
  m->running = NULL;
}

static void tell_wait(meter *m, const embark_event *event)
{
  int64_t now = now_ms();
  bool is_new = strcmp(m->waiting, event->message) != 0;
  snprintf(m->waiting, sizeof m->waiting, "%s", event->message);
  if (m->c->err.can_redraw || (!is_new && now - m->told_ms < TELL_EVERY_MS)) {
    return;
  }
  text line = {0};
  text_puts(&line, "waiting for ");
  screen_clean_line(&line, event->message);
  if (event->total > 0) {
    text_printf(&line, ", %lld of %lld done", (long long)event->done, (long long)event->total);
  }
  m->told_ms = now;
  say(m, &line);
}

static void tell_notice(meter *m, const embark_event *event)
{
  text line = {0};
  screen_put(&m->c->err, &line, strcmp(event->severity, "WARNING") == 0 ? STYLE_WARN : STYLE_DIM,
             event->severity);
  text_puts(&line, ":  ");
  screen_clean(&line, event->message);
  say(m, &line);
}

/* Why a migration is begun anew, or in its middle. */
static void tell_turn(meter *m, const embark_event *event)
{
  text line = {0};
  screen_clean_line(&line, event->tag[0] != '\0' ? event->tag : "the ledger");
  if (event->type == EMBARK_EVENT_RESUMED) {
    text_printf(&line, ": taken up at statement %u of %u: ", (unsigned)event->statement,
                (unsigned)event->statements);
    m->statement = event->statement;
  } else {
    text_puts(&line, ": no lock to be had, tried again: ");
    m->running = NULL;
  }
  screen_clean_line(&line, event->message);
  say(m, &line);
}

static int on_event(void *data, const embark_event *event)
{
  meter *m = data;
  switch (event->type) {
  case EMBARK_EVENT_PLANNED:
    m->base = m->done;
    m->steps = event->steps;
    break;
  case EMBARK_EVENT_STARTED:
    begin_step(m, event);
    break;
  case EMBARK_EVENT_STATEMENT:
    m->statement = event->statement + 1;
    m->statement_ms = now_ms();
    watch_close(&m->watch);
    break;
  case EMBARK_EVENT_APPLIED:
    end_step(m, event);
    break;
  case EMBARK_EVENT_NOTICE:
    tell_notice(m, event);
    break;
  case EMBARK_EVENT_LOCK_WAIT:
    tell_wait(m, event);
    break;
  case EMBARK_EVENT_RETRY:
  case EMBARK_EVENT_RESUMED:
    tell_turn(m, event);
    break;
  case EMBARK_EVENT_DONE:
    break;
  }
  return 0;
}

/* --- the run ---------------------------------------------------------------------------------- */

void meter_open(meter *m, cli *c, embark_op op)
{
  *m = (meter){.c = c, .op = op, .began_ms = now_ms()};
  m->drawn_ms = m->began_ms;
  m->finished = c->document.root != NULL ? json_array() : NULL;
}

void meter_close(meter *m)
{
  watch_close(&m->watch);
  json_decref(m->finished);
  m->finished = NULL;
}

/* What a cancelled run leaves: what it had done, and then what became of the one under way, for
 * which the library has the words where it knows. */
static void explain(const meter *m, embark_error *err)
{
  text line = {0};
  const char *done = outcome(m, m->op != EMBARK_ADOPT);
  if (m->done == 0) {
    text_printf(&line, "Nothing was %s by this run.", done);
  } else {
    text_puts(&line, "Of this run ");
    words_count(&line, m->done, "migration");
    text_printf(&line, " stay%s %s.", m->done == 1 ? "s" : "", done);
  }
  if (m->running != NULL && (m->running->flags & EMBARK_MIGRATION_NO_TRANSACTION) != 0) {
    text_printf(&line, " Migration \"%s\" was stopped at statement %u of %u.", m->tag,
                (unsigned)m->statement, (unsigned)m->running->statement_count);
  } else if (m->running != NULL) {
    text_printf(&line, " Migration \"%s\" was rolled back.", m->tag);
  } else if (err->detail[0] != '\0') {
    text_printf(&line, " %s", err->detail);
  }
  snprintf(err->detail, sizeof err->detail, "%s", text_string(&line));
  text_free(&line);
}

int meter_drive(meter *m, embark_options options, embark_run **run, embark_error *err)
{
  bool lives = m->c->err.can_redraw && !is_quiet(m);
  drive_watch watching = {on_event, lives ? on_tick : NULL, on_interrupt, m};
  int code = drive(m->c, m->op, options, &watching, run, err);
  text out = {0};
  watch_close(&m->watch);
  put_erase(m, &out);
  screen_flush(&m->c->err, &out);
  if (code == EMBARK_E_CANCELLED) {
    explain(m, err);
  }
  return code;
}

json_t *meter_finished(const meter *m)
{
  return json_incref(m->finished);
}
