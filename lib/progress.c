/* progress.c - the table of unfinished migrations, and the catalog's view of an index. Knows SQL;
 * decides nothing. */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "bundle.h"
#include "error.h"
#include "sql.h"

/* Of a statement's text this much tells it from others; pg_stat_activity may have no more. */
#define TEXT_TO_COMPARE 512

/* In the short forms of sql.h; %T is the table. $1, $2 say whose rows, $3 is the tag. */
#define OURS    "p.ledger%=$1%t AND p.component%=$2%t"
#define THIS    OURS " AND p.tag%=$3%t"
#define VERSION "%.concat(p.xmin)"
#define ROW     "p.tag, p.state, p.statement, p.done, " VERSION
#define LASTING " %.text COLLATE %.\"C\" NOT NULL, "

/* The index of a statement: by its table, which the search_path of the moment finds, as it does for
 * the statement itself, and by its name with the server's own rules for case and quotes. */
#define INDEX_OF(table, name)                                                                      \
  "%.pg_index AS i JOIN %.pg_class AS c ON c.oid%=i.indexrelid"                                    \
  " WHERE i.indrelid%=%.to_regclass(" table ")::%.oid"                                             \
  " AND c.relname%=(%.parse_ident(" name "))[1]%n"

/* clang-format off */
static const char table_text[] =
    "CREATE TABLE %T (ledger" LASTING "component" LASTING "tag" LASTING "state" LASTING
    "statement %.int4 NOT NULL, done" LASTING "index_before %.oid, "
    "backend_pid %.int4 NOT NULL, started_at %.timestamptz NOT NULL, "
    "changed_at %.timestamptz NOT NULL, changed_by %.text NOT NULL, "
    "settled %.text, PRIMARY KEY (ledger, component, tag))";

static const char read_text[] =
    "SELECT " ROW ", p.backend_pid, " ISO_8601("p.started_at") ", p.changed_by"
    " FROM %T AS p WHERE " OURS " AND p.state%!'applied' ORDER BY p.started_at, p.tag";

static const char take_text[] =
    "SELECT " ROW " FROM %T AS p WHERE " THIS " FOR UPDATE NOWAIT";

static const char note_text[] =
    "INSERT INTO %T AS p (ledger, component, tag, state, statement, done, index_before,"
    " backend_pid, started_at, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5%i, $6,"
    " (SELECT i.indexrelid FROM " INDEX_OF("$7%t", "$8%t") "),"
    " %.pg_backend_pid(), %.clock_timestamp(), %.clock_timestamp(),"
    " session_user) ON CONFLICT (ledger, component, tag) DO UPDATE SET state = excluded.state,"
    " statement = excluded.statement, done = excluded.done,"
    " index_before = excluded.index_before, backend_pid = excluded.backend_pid,"
    " started_at = CASE WHEN p.state%='applied' THEN excluded.started_at"
    " ELSE p.started_at END,"
    " changed_at = excluded.changed_at, changed_by = excluded.changed_by"
    /* Only what was seen last is overwritten: another run may have taken it up. */
    " WHERE " VERSION "%=$9%t RETURNING " VERSION;

static const char finish_text[] =
    "UPDATE %T AS p SET state = 'applied', statement = $4%i, done = $5,"
    " changed_at = %.clock_timestamp(), changed_by = session_user WHERE " THIS;

static const char settle_text[] =
    "UPDATE %T AS p SET state = $4%t, changed_at = %.clock_timestamp(),"
    " changed_by = session_user, settled = %.concat(p.settled,"
    " %.now(), ' ', session_user, ': ', p.statement, ' ', $4%t, '; ')"
    " WHERE " THIS " AND p.statement%=$5%i AND p.state%='running'"
    " RETURNING p.tag, p.statement";

static const char index_text[] =
    "SELECT n.nspname, c.relname, i.indisvalid, COALESCE(c.oid%!(SELECT p.index_before"
    " FROM %T AS p WHERE " THIS "), true) FROM "
    "%.pg_namespace AS n, " INDEX_OF("$4%t", "$5%t")
    " AND n.oid%=c.relnamespace";

static const char dropped_text[] =
    "SELECT n.nspname, c.relname, false, true FROM %.pg_class AS c"
    "%N"
    " WHERE c.oid%=%.to_regclass($1%t)::%.oid";

static const char orphans_text[] =
    /* Those of this database that run the very statement: the rows of pg_stat_activity start with
     * its text, or with as much of it as the server keeps (track_activity_query_size), which is 96
     * bytes at the least. Others' texts are hidden from a role without the right to see them. */
    "SELECT a.pid, %.concat('pid ', a.pid, ' still runs it',"
    " CASE WHEN b.pid IS NOT NULL THEN %.concat(' (', b.phase, ', ',"
    " b.blocks_done%+b.tuples_done, ' of ', b.blocks_total%+b.tuples_total, ')') END),"
    " b.blocks_done%+b.tuples_done, b.blocks_total%+b.tuples_total"
    " FROM %.pg_stat_activity AS a"
    " LEFT JOIN %.pg_stat_progress_create_index AS b ON b.pid%=a.pid"
    " WHERE a.datname%=%.current_database() AND a.state%='active'"
    " AND a.pid%!%.pg_backend_pid() AND a.leader_pid IS NULL"
    " AND (%.strpos(a.query, $1%t)%=1 OR %.octet_length(a.query)%g96"
    " AND %.strpos($1%t, a.query)%=1) ORDER BY a.pid";
/* clang-format on */

void embark__progress_init(embark__progress_table *t, const embark_bundle *bundle,
                           const char *ledger_schema, const char *ledger_table,
                           const embark_allocator *alloc)
{
  *t = (embark__progress_table){.bundle = bundle, .ledger.alloc = alloc, .sql.alloc = alloc};
  t->schema = bundle->ledger == EMBARK_LEDGER_NATIVE ? ledger_schema : "embark";
  t->ledger_schema = ledger_schema;
  t->ledger_table = ledger_table;
}

const char *embark__progress_owner(embark__progress_table *t)
{
  if (t->ledger.length == 0) {
    embark__buf_identifier(&t->ledger, t->ledger_schema);
    embark__buf_str(&t->ledger, ".");
    embark__buf_identifier(&t->ledger, t->ledger_table);
  }
  return embark__buf_text(&t->ledger);
}

void embark__progress_free(embark__progress_table *t)
{
  embark__buf_free(&t->ledger);
  embark__buf_free(&t->sql);
}

static int send(embark__progress_table *t, embark__pipeline *p, const char *text, int count,
                const char *const *values)
{
  if (t->ledger.failed) {
    return -1; /* it is the first of the values */
  }
  return embark__sql_send_about(p, &t->sql, text, t->schema, PROGRESS_TABLE, count, values);
}

int embark__progress_send_create_schema(embark__progress_table *t, embark__pipeline *p)
{
  return embark__sql_send_create_schema(p, &t->sql, t->schema);
}

int embark__progress_send_create_table(embark__progress_table *t, embark__pipeline *p)
{
  return send(t, p, table_text, 0, NULL);
}

void embark__progress_put_sql(const embark__progress_table *t, embark__buf *out)
{
  if (strcmp(t->schema, t->ledger_schema) != 0) {
    embark__sql_put_line(out, CREATE_SCHEMA, t->schema, NULL);
  }
  embark__sql_put_line(out, table_text, t->schema, PROGRESS_TABLE);
}

int embark__progress_send_read(embark__progress_table *t, embark__pipeline *p, const char *tag)
{
  const char *values[] = {embark__progress_owner(t), t->bundle->component, tag};
  return tag == NULL ? send(t, p, read_text, 2, values) : send(t, p, take_text, 3, values);
}

/* The marks of a migration's first statements: those done, and the one that is running, so that it
 * is not taken for another one when it was interrupted. */
static const char *done_marks(embark__buf *out, const embark_migration *m, uint32_t count)
{
  embark__buf_bytes(out, m->marks, (size_t)count * EMBARK_MARK_LENGTH);
  return embark__buf_text(out);
}

/* The names that an INDEX statement carries. */
static const char *table_name(const embark_bundle *b, const embark_statement *s)
{
  return (const char *)b->sql + s->data_offset;
}

static const char *index_name(const embark_bundle *b, const embark_statement *s)
{
  const char *table = table_name(b, s);
  return table + strlen(table) + 1;
}

int embark__progress_send_note(embark__progress_table *t, embark__pipeline *p,
                               const embark_migration *m, embark__progress_state state,
                               uint32_t statement, const char *version)
{
  const embark_statement *s = &t->bundle->statements[statement];
  int is_index = (s->flags & EMBARK_STATEMENT_INDEX) != 0;
  uint32_t number = embark__bundle_number(m, statement);
  char digits[16];
  embark__buf done = {.alloc = t->sql.alloc};
  snprintf(digits, sizeof digits, "%" PRIu32, number);
  const char *values[] = {embark__progress_owner(t),
                          t->bundle->component,
                          m->tag,
                          embark__progress_word(state),
                          digits,
                          done_marks(&done, m, state == PROGRESS_AGAIN ? number - 1 : number),
                          is_index ? table_name(t->bundle, s) : NULL,
                          is_index ? index_name(t->bundle, s) : NULL,
                          version};
  int status = values[5] == NULL ? -1 : send(t, p, note_text, 9, values);
  embark__buf_free(&done);
  return status;
}

int embark__progress_send_finish(embark__progress_table *t, embark__pipeline *p,
                                 const embark_migration *m)
{
  char digits[16];
  snprintf(digits, sizeof digits, "%" PRIu32, m->statement_count);
  const char *values[] = {embark__progress_owner(t), t->bundle->component, m->tag, digits,
                          m->marks};
  return send(t, p, finish_text, 5, values);
}

int embark__progress_send_settle(embark__progress_table *t, embark__pipeline *p,
                                 const embark_migration *m, uint32_t statement,
                                 embark__progress_state verdict)
{
  char digits[16];
  snprintf(digits, sizeof digits, "%" PRIu32, embark__bundle_number(m, statement));
  const char *values[] = {embark__progress_owner(t), t->bundle->component, m->tag,
                          embark__progress_word(verdict), digits};
  return send(t, p, settle_text, 5, values);
}

int embark__progress_send_orphans(embark__progress_table *t, embark__pipeline *p,
                                  const char *statement)
{
  char begin[TEXT_TO_COMPARE + 1];
  size_t length = strlen(statement);
  if (length > TEXT_TO_COMPARE) {
    length = embark__character_start(statement, TEXT_TO_COMPARE);
  }
  memcpy(begin, statement, length);
  begin[length] = '\0';
  const char *values[] = {begin};
  return send(t, p, orphans_text, 1, values);
}

int embark__progress_send_index(embark__progress_table *t, embark__pipeline *p,
                                const embark_migration *m, const embark_statement *s)
{
  const char *table = table_name(t->bundle, s);
  if ((s->flags & EMBARK_STATEMENT_DROP) != 0) {
    return send(t, p, dropped_text, 1, &table);
  }
  const char *values[] = {embark__progress_owner(t), t->bundle->component, m->tag, table,
                          index_name(t->bundle, s)};
  return send(t, p, index_text, 5, values);
}

void embark__progress_row(const PGresult *res, int row, const char **tag, embark__progress *out)
{
  const char *done = embark__answer_text(res, row, 3);
  *tag = embark__answer_text(res, row, 0);
  out->state = embark__progress_state_of(embark__answer_text(res, row, 1));
  out->statement = (uint32_t)embark__answer_int(res, row, 2);
  out->done = done != NULL ? done : "";
  embark__progress_version(res, row, 4, out->version);
}

void embark__progress_unfinished(const PGresult *res, int row, embark__unfinished *out)
{
  out->tag = embark__answer_text(res, row, 0);
  out->statement = (uint32_t)embark__answer_int(res, row, 2);
  out->backend_pid = (int32_t)embark__answer_int(res, row, 5);
  embark__progress_state state = embark__progress_state_of(embark__answer_text(res, row, 1));
  out->is_known = state == PROGRESS_AGAIN || state == PROGRESS_DONE;
  out->started_at = embark__answer_text(res, row, 6);
  out->changed_by = embark__answer_text(res, row, 7);
}

void embark__progress_version(const PGresult *res, int row, int column,
                              embark__progress_mark version)
{
  embark__copy_text(version, sizeof(embark__progress_mark), embark__answer_text(res, row, column));
}

int embark__progress_index(const PGresult *res, embark__index_facts *out)
{
  out->exists = PQntuples(res) > 0;
  out->is_valid = embark__answer_bool(res, 0, 2);
  out->is_new = embark__answer_bool(res, 0, 3);
  embark__buf_clear(&out->name);
  if (out->exists) {
    const char *schema = embark__answer_text(res, 0, 0), *name = embark__answer_text(res, 0, 1);
    embark__buf_identifier(&out->name, schema != NULL ? schema : "");
    embark__buf_str(&out->name, ".");
    embark__buf_identifier(&out->name, name != NULL ? name : "");
  }
  return embark__buf_text(&out->name) == NULL ? -1 : 0;
}
