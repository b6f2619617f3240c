/* approval.c - tags that a person has approved, and those that wait for it. Which hazards count in
 * a database is the library's to say. */
#include "approval.h"

#include <stdio.h>
#include <string.h>

#include "hazard_words.h"
#include "near.h"
#include "place.h"
#include "report.h"

/* --- tags that are none ----------------------------------------------------------------------- */

static int refuse_tag(cli *c, const char *tag)
{
  near_names n = {.wanted = tag};
  text hint = {0};
  for (uint32_t i = 0; i < c->bundle->migration_count; i++) {
    near_look(&n, c->bundle->migrations[i].tag);
  }
  if (n.count > 0) {
    text_puts(&hint, "Near to it: ");
    near_put(&hint, &n);
    text_putc(&hint, '.');
  } else {
    text_printf(&hint, "%s status shows the tags.", c->program);
  }
  int status =
      cli_refuse(c, EXIT_USAGE, text_string(&hint), "--approve: there is no migration \"%s\"", tag);
  text_free(&hint);
  return status;
}

int approval_check(cli *c)
{
  const flags_list *approved = &c->flags.approved;
  for (size_t i = 0; i < approved->count; i++) {
    if (place_migration(c->bundle, approved->items[i]) == NULL) {
      return refuse_tag(c, approved->items[i]);
    }
  }
  return 0;
}

/* --- without a database ----------------------------------------------------------------------- */

static bool is_approved(const cli *c, const char *tag)
{
  const flags_list *approved = &c->flags.approved;
  for (size_t i = 0; i < approved->count; i++) {
    if (strcmp(approved->items[i], tag) == 0) {
      return true;
    }
  }
  return false;
}

/* The first statement that has one of `hazards`, from 1; 0: none. */
static uint32_t first_with(const embark_bundle *b, const embark_migration *m, uint32_t hazards)
{
  for (uint32_t i = 0; i < m->statement_count; i++) {
    if ((b->statements[m->first_statement + i].hazards & hazards) != 0) {
      return i + 1;
    }
  }
  return 0;
}

static void fill_error(embark_error *err, const embark_bundle *b, const embark_migration *m,
                       uint32_t hazards)
{
  text words = {0};
  hazards_put(&words, hazards);
  err->code = EMBARK_E_FORBIDDEN;
  err->statement = first_with(b, m, hazards);
  err->line = b->statements[m->first_statement + err->statement - 1].line;
  snprintf(err->tag, sizeof err->tag, "%s", m->tag);
  snprintf(err->file, sizeof err->file, "%s", m->file);
  snprintf(err->message, sizeof err->message, "migration \"%s\" has what is forbidden here: %s",
           m->tag, text_string(&words));
  snprintf(err->detail, sizeof err->detail,
           "No database was asked, so nothing that it endangers is known to be new.");
  text_free(&words);
}

int approval_judge(const cli *c, embark_step *steps, size_t count, embark_error *err)
{
  const embark_bundle *b = c->bundle;
  uint32_t forbid = c->flags.forbid | b->forbid;
  memset(err, 0, sizeof *err);
  for (size_t i = 0; i < count; i++) {
    embark_step *step = &steps[i];
    const embark_migration *m = &b->migrations[i];
    step->tag = m->tag;
    for (uint32_t k = 0; k < m->statement_count; k++) {
      step->hazards |= b->statements[m->first_statement + k].hazards;
    }
    step->forbidden = (step->hazards & forbid) != 0 && !is_approved(c, step->tag);
    if (step->forbidden && err->code == EMBARK_OK) {
      fill_error(err, b, m, step->hazards & forbid);
    }
  }
  return err->code;
}

/* --- the refusal ------------------------------------------------------------------------------ */

/* A word of a shell's command line: in quotes where its characters could mean something. */
static void put_word(text *out, const char *word)
{
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-+,";
  if (word[strspn(word, plain)] == '\0') {
    text_puts(out, word);
    return;
  }
  text_putc(out, '\'');
  for (; *word != '\0'; word++) {
    text_puts(out, *word == '\'' ? "'\\'" : "");
    text_putc(out, *word);
  }
  text_putc(out, '\'');
}

static void put_option(text *out, const char *name, const char *value)
{
  text_printf(out, " %s ", name);
  put_word(out, value);
}

/* "embark migrate --forbid destructive": with all that limits the run, or to follow the advice
 * would do more than was asked for. */
static void put_command(const cli *c, text *out)
{
  const flags *f = &c->flags;
  text forbid = {0};
  bool is_script = c->command->id == CMD_SCRIPT;
  text_printf(out, "%s %s", c->program, is_script ? "script" : "migrate");
  text_puts(out, f->offline ? " --offline" : "");
  text_puts(out, f->single ? " --single" : "");
  text_puts(out, f->out_of_order ? " --out-of-order" : "");
  if (f->dir != NULL) {
    put_option(out, "--dir", f->dir);
  }
  if (f->to != NULL) {
    put_option(out, "--to", f->to);
  }
  if (f->forbid != 0) {
    hazards_put(&forbid, f->forbid);
    put_option(out, "--forbid", f->forbid == EMBARK_HAZARD_ALL ? "all" : text_string(&forbid));
  }
  for (size_t i = 0; i < f->approved.count; i++) {
    put_option(out, "--approve", f->approved.items[i]);
  }
  text_free(&forbid);
}

/* The command that lets those run that are refused, `most` of them. */
static void put_hint(const cli *c, text *out, const embark_step *steps, size_t count, size_t most)
{
  bool is_one = most == 1;
  text_printf(out, "Read %s. If %s may run: ", is_one ? "it" : "them", is_one ? "it" : "they");
  put_command(c, out);
  for (size_t i = 0; i < count && most > 0; i++) {
    if (steps[i].forbidden) {
      put_option(out, "--approve", steps[i].tag);
      most--;
    }
  }
}

static size_t count_refused(const embark_step *steps, size_t count)
{
  size_t refused = 0;
  for (size_t i = 0; i < count; i++) {
    refused += steps[i].forbidden != 0;
  }
  return refused;
}

int approval_refuse(cli *c, const embark_step *steps, size_t count, const embark_error *err)
{
  embark_error told = *err;
  text hint = {0};
  put_hint(c, &hint, steps, count, count_refused(steps, count));
  if (hint.size >= sizeof told.hint) { /* half a command would be none: the first, then the next */
    text_free(&hint);
    put_hint(c, &hint, steps, count, 1);
  }
  told.column = place_column(c->bundle, err);
  snprintf(told.hint, sizeof told.hint, "%s", text_string(&hint));
  report_error(c, &told);
  text_free(&hint);
  return EXIT_FORBIDDEN;
}

int approval_fail(cli *c, const embark_run *run, const embark_error *err)
{
  const embark_step *steps;
  size_t count = embark_run_steps(run, &steps);
  return approval_refuse(c, steps, count, err);
}
