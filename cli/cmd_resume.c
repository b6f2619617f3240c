/* cmd_resume.c - `embark resume`: shows what only a person can judge, and records the verdict. */
#include <inttypes.h>
#include <string.h>

#include "drive.h"
#include "report.h"
#include "words.h"

enum { SHOWN_LINES = 10 }; /* of the statement */

typedef struct interrupted {
  const embark_entry *entry;   /* NULL: none is */
  const embark_migration *m;   /* NULL: not in the bundle */
  const embark_statement *sql; /* NULL: not in the bundle */
  bool is_at_work;             /* the server's process is still there */
} interrupted;

/* --- finding it ------------------------------------------------------------------------------- */

/* The next run can tell by itself what became of it, or may run it twice. */
static bool judges_itself(const embark_statement *s)
{
  return s != NULL && (s->flags & (EMBARK_STATEMENT_REPEAT | EMBARK_STATEMENT_INDEX |
                                   EMBARK_STATEMENT_DROP)) != 0;
}

static bool needs_verdict(const interrupted *i)
{
  return i->entry != NULL && !i->entry->is_known && !judges_itself(i->sql);
}

static interrupted look_up(const cli *c, const embark_entry *entry)
{
  interrupted found = {.entry = entry};
  if (entry->migration < c->bundle->migration_count) {
    found.m = &c->bundle->migrations[entry->migration];
  }
  if (found.m != NULL && entry->statement >= 1 && entry->statement <= found.m->statement_count) {
    found.sql = &c->bundle->statements[found.m->first_statement + entry->statement - 1];
  }
  return found;
}

/* The one that waits for a verdict, else any that is unfinished. */
static interrupted find(const cli *c, const embark_run *run)
{
  interrupted best = {0};
  const embark_entry *entries = NULL;
  size_t count = embark_run_entries(run, &entries);
  for (size_t i = 0; i < count && !needs_verdict(&best); i++) {
    interrupted one =
        entries[i].state == EMBARK_STATE_RUNNING ? look_up(c, &entries[i]) : (interrupted){0};
    best = best.entry == NULL || needs_verdict(&one) ? one : best;
  }
  return best;
}

/* Whether the process that began it is there still, and not one that got its number later. */
static bool is_at_work(PGconn *conn, const embark_entry *entry)
{
  char pid[16];
  const char *values[] = {pid, entry->applied_at};
  snprintf(pid, sizeof pid, "%" PRId32, entry->backend_pid);
  PGresult *res = PQexecParams(conn,
                               "SELECT 1 FROM pg_catalog.pg_stat_activity "
                               "WHERE pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4 "
                               "AND backend_start OPERATOR(pg_catalog.<=) "
                               "$2::pg_catalog.timestamptz AND state IS DISTINCT FROM 'idle'",
                               2, NULL, values, NULL, NULL, 0);
  bool found = PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) > 0;
  PQclear(res);
  return found;
}

/* --- showing it ------------------------------------------------------------------------------- */

static void put_statement(cli *c, text *out, const embark_statement *s)
{
  const char *at = (const char *)c->bundle->sql + s->offset;
  for (uint32_t i = 0; *at != '\0' && i < SHOWN_LINES; i++) {
    size_t size = strcspn(at, "\n");
    text line = {0};
    text clean = {0};
    text_printf(&line, "%6" PRIu32 " | ", s->line + i);
    text_put(&line, at, size);
    screen_clean(&clean, text_string(&line));
    screen_cut(out, text_string(&clean), c->out.width - 1);
    text_putc(out, '\n');
    text_free(&line);
    text_free(&clean);
    at += size + (at[size] == '\n');
  }
  if (*at != '\0') {
    text_puts(out, "       | ...\n");
  }
}

static const char *advice(const interrupted *i)
{
  if (i->is_at_work) {
    return "That process is still there. Wait until it is done, or end it with\n"
           "pg_cancel_backend(); then see what became of the statement.\n";
  }
  if (i->sql == NULL) {
    return "It is not here: use the migrations that it was begun with.\n";
  }
  return "See whether it took effect, and say so:\n";
}

static void put_begun(text *out, const embark_entry *e)
{
  text_puts(out, "begun");
  if (e->applied_at != NULL) {
    text_putc(out, ' ');
    words_time(out, e->applied_at);
  }
  if (e->applied_by != NULL) {
    text_puts(out, " by ");
    screen_clean_line(out, e->applied_by);
  }
  if (e->backend_pid != 0) {
    text_printf(out, ", server process %" PRId32, e->backend_pid);
  }
  text_putc(out, '\n');
}

static void put_verdicts(text *out, const char *program)
{
  text_printf(out, "  %s resume --done     it did: migrate goes on behind it\n", program);
  text_printf(out, "  %s resume --again    it did not: migrate runs it again\n", program);
}

static void put_found(cli *c, text *out, const interrupted *i)
{
  const embark_entry *e = i->entry;
  screen_put(&c->out, out, STYLE_BOLD, e->tag);
  text_printf(out, " %s at statement %" PRIu32,
              e->is_known ? "is to be taken up" : "was interrupted", e->statement);
  if (i->m != NULL) {
    text_printf(out, " of %" PRIu32, i->m->statement_count);
  }
  if (i->sql != NULL) {
    text_printf(out, " (%s:%" PRIu32 ")", i->m->file, i->sql->line);
  }
  text_putc(out, '\n');
  if (i->sql != NULL) {
    put_statement(c, out, i->sql);
  }
  put_begun(out, e);
  if (!needs_verdict(i)) {
    text_printf(out, "Nothing has to be said of it: %s migrate goes on by itself.\n", c->program);
    return;
  }
  text_puts(out, advice(i));
  if (i->sql != NULL && !i->is_at_work) {
    put_verdicts(out, c->program);
  }
}

static json_t *describe(const cli *c, const interrupted *i)
{
  const embark_entry *e = i->entry;
  if (e == NULL) {
    return json_null();
  }
  const char *sql = i->sql != NULL ? (const char *)c->bundle->sql + i->sql->offset : NULL;
  return json_pack("{s:s, s:o, s:i, s:o, s:o, s:o, s:o, s:o, s:i, s:b, s:b}", "tag", e->tag, "file",
                   document_text(i->m != NULL ? i->m->file : NULL), "statement", (int)e->statement,
                   "statements", i->m != NULL ? json_integer(i->m->statement_count) : json_null(),
                   "line", i->sql != NULL ? json_integer(i->sql->line) : json_null(), "sql",
                   document_text(sql), "began_at", document_text(e->applied_at), "by",
                   document_text(e->applied_by), "backend_pid", (int)e->backend_pid, "at_work",
                   i->is_at_work, "needs_verdict", needs_verdict(i));
}

static int show(cli *c)
{
  embark_run *run = NULL;
  embark_error err;
  text out = {0};
  interrupted i = {0};
  int code = drive(c, EMBARK_STATUS, cli_run_options(c), NULL, &run, &err);
  if (code == EMBARK_OK) {
    i = find(c, run);
  }
  if (i.entry != NULL) {
    i.is_at_work = is_at_work(c->conn, i.entry);
    put_found(c, &out, &i);
  } else {
    text_puts(&out, "no migration is interrupted\n");
  }
  document_set(&c->document, "interrupted", describe(c, &i));
  int status = needs_verdict(&i) ? EXIT_DRIFT : EXIT_DONE;
  embark_run_free(run);
  if (code != EMBARK_OK) {
    text_free(&out);
    return cli_fail(c, &err);
  }
  int printed = cli_print(c, &out);
  return printed == 0 ? status : printed;
}

/* --- the verdict ------------------------------------------------------------------------------ */

static int settle(cli *c)
{
  embark_run *run = NULL;
  embark_error err;
  text out = {0};
  embark_op op = c->flags.done ? EMBARK_RESUME_DONE : EMBARK_RESUME_AGAIN;
  int code = drive(c, op, cli_run_options(c), NULL, &run, &err);
  embark_run_free(run);
  document_set(&c->document, "settled",
               code != EMBARK_OK ? json_null() : json_string(c->flags.done ? "done" : "again"));
  if (code != EMBARK_OK) {
    return cli_fail(c, &err);
  }
  if (!c->flags.quiet) {
    text_printf(&out, "recorded: the statement %s; go on with %s migrate\n",
                c->flags.done ? "took effect" : "is to run again", c->program);
  }
  return cli_print(c, &out);
}

int cmd_resume(cli *c)
{
  if (c->flags.done && c->flags.again) {
    return cli_refuse(c, EXIT_USAGE, NULL, "--done and --again exclude each other");
  }
  int status = cli_open_bundle(c);
  if (status == 0) {
    status = cli_connect(c);
  }
  if (status != 0) {
    return status;
  }
  return c->flags.done || c->flags.again ? settle(c) : show(c);
}
