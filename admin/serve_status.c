/* serve_status.c - what is applied and what is pending, and of which program and database. */
#include <string.h>

#include "attempt.h"
#include "borrowed.h"
#include "document.h"
#include "drive.h"
#include "state_word.h"

/* --- the program ------------------------------------------------------------------------------ */

static const char *ledger_word(embark_ledger ledger)
{
  static const char *const words[] = {[EMBARK_LEDGER_NATIVE] = "native",
                                      [EMBARK_LEDGER_DRIZZLE] = "drizzle",
                                      [EMBARK_LEDGER_DRIZZLE_TAG] = "drizzle-tag"};
  size_t at = (size_t)ledger;
  return at < sizeof words / sizeof words[0] ? words[at] : NULL;
}

/* A bundle of another format is laid out otherwise, and the run says what to do about it. */
static void put_bundle(json *j, const call *c)
{
  const embark_bundle *b = c->bundle;
  const embark_options *o = &c->options;
  text table = {0};
  if (b->format != EMBARK_BUNDLE_FORMAT) {
    return;
  }
  text_printf(&table, "%s.%s", o->ledger_schema != NULL ? o->ledger_schema : b->ledger_schema,
              o->ledger_table != NULL ? o->ledger_table : b->ledger_table);
  json_begin(j, "bundle");
  json_put_text(j, "digest", b->digest);
  json_put_text(j, "component", b->component);
  json_put_number(j, "migrations", b->migration_count);
  json_put_text(j, "ledger", ledger_word(b->ledger));
  json_put_text(j, "table", text_string(&table));
  json_end(j);
  j->out.failed = j->out.failed || table.failed;
  text_free(&table);
}

/* --- the history ------------------------------------------------------------------------------ */

static void put_file(json *j, const embark_migration *m, uint32_t at)
{
  if (m != NULL) {
    json_put_number(j, "position", (int64_t)at + 1);
  } else {
    json_put_null(j, "position");
  }
  json_put_text(j, "file", m != NULL ? m->file : NULL);
  json_put_text(j, "hash", m != NULL ? m->hash : NULL);
}

static void put_entry(json *j, const embark_bundle *b, const embark_entry *e)
{
  const embark_migration *m =
      e->migration < b->migration_count ? &b->migrations[e->migration] : NULL;
  json_begin(j, NULL);
  json_put_text(j, "tag", e->tag);
  json_put_string(j, "state", state_word(e->state));
  put_file(j, m, e->migration);
  json_put_text(j, "ledger_hash", e->hash);
  json_put_text(j, "applied_at", e->applied_at);
  json_put_text(j, "applied_by", e->applied_by);
  json_put_duration(j, "duration_ms", e->duration_us);
  json_put_bool(j, "late", e->is_late != 0);
  json_put_bool(j, "reversible", m != NULL && m->down > 0);
  json_put_count(j, "statement", e->statement);
  json_put_count(j, "backend_pid", e->backend_pid);
  json_put_hazards(j, "hazards", e->hazards);
  json_put_bool(j, "forbidden", e->forbidden != 0);
  json_end(j);
}

static void put_history(json *j, const embark_bundle *b, const embark_run *run)
{
  const embark_entry *entries = NULL;
  size_t count = embark_run_entries(run, &entries);
  size_t of[STATE_WORDS] = {0};
  json_begin_list(j, "migrations");
  for (size_t i = 0; i < count; i++) {
    put_entry(j, b, &entries[i]);
    of[entries[i].state % STATE_WORDS]++;
  }
  json_end_list(j);
  json_begin(j, "counts");
  for (int state = EMBARK_STATE_PENDING; state < STATE_WORDS; state++) {
    json_put_number(j, state_word((embark_state)state), (int64_t)of[state]);
  }
  json_end(j);
  json_put_bool(j, "ahead", embark_run_ahead(run) != 0);
}

/* "15.18 (Debian 15.18-0+deb12u1)": who built it is nobody's concern. */
static void put_server(json *j, const PGconn *conn)
{
  const char *version = PQparameterStatus(conn, "server_version");
  if (version != NULL) {
    json_put_bytes(j, "server_version", version, strcspn(version, " "));
  }
}

static void look(json *j, const call *c, PGconn *conn, embark_error *err)
{
  embark_run *run = NULL;
  int code = drive_look(&run, EMBARK_STATUS, conn, c->bundle, &c->options, err);
  document_put_database(j, conn);
  put_server(j, conn);
  json_put_bool(j, "running", attempt_is_under_way(c, conn));
  if (code == EMBARK_OK) {
    put_history(j, c->bundle, run);
  }
  embark_run_free(run);
}

void serve_status(const call *c, embark_admin_response *r)
{
  json j = {0};
  borrowed b;
  embark_error err;
  document_begin(&j, "status");
  put_bundle(&j, c);
  if (borrowed_take(&b, c, &err) == EMBARK_OK) {
    look(&j, c, b.conn, &err);
  }
  borrowed_give_back(&b);
  document_put_error(&j, &err, c->bundle);
  document_answer(&j, &err, r);
}
