/* survey.c - what the database is like. Knows the catalog; decides nothing. */
#include "survey.h"

#include "answer.h"
#include "sql.h"

/* Whether the search_path names the schema $1: as a bare word, which is folded to lower case, or in
 * quotes, between which there may be anything. */
#define PATH "%.current_setting('search_path')"
#define ON_PATH_BARE                                                                               \
  "$1%t OPERATOR(%.=) ANY (%.regexp_split_to_array("                                               \
  "%.lower(%.btrim(" PATH ")), '[[:space:]]*,[[:space:]]*'))"
#define ON_PATH_QUOTED                                                                             \
  "%.strpos(" PATH ", %.concat('\"', %.replace($1, '\"', '\"\"'), '\"'))"                          \
  " OPERATOR(%.>) 0"

/* Why the relation c, which is in the ledger's place, must not be used: reading or writing it would
 * run code of whoever made it, with the rights of whoever migrates, or would not do what it says. A
 * dependency on PostgreSQL's own functions and types is not recorded, so one that is recorded is on
 * somebody else's. */
/* clang-format off */
#define CLASS(name)        "'%." name "'::%.regclass"
#define ON_LEDGER(catalog) "EXISTS (SELECT FROM %." catalog " %= c.oid"
#define PART(class, ids)   "d.classid %= " CLASS(class) " AND d.objid %= " ids
#define UNTRUSTED                                                                                  \
  "CASE WHEN c.relkind %! 'r' THEN 'It is not an ordinary table.'"                               \
  " WHEN c.relpersistence %! 'p' THEN 'It does not outlive a crash or its session.'"             \
  " WHEN " ON_LEDGER("pg_rewrite AS x WHERE x.ev_class") ") THEN 'It has a rule.'"                 \
  " WHEN " ON_LEDGER("pg_trigger AS x WHERE x.tgrelid") " AND NOT x.tgisinternal)"                 \
  " THEN 'It has a trigger.'"                                                                      \
  " WHEN %.row_security_active(c.oid) THEN 'Row-level security hides rows of it.'"        \
  " WHEN " ON_LEDGER("pg_inherits AS x WHERE x.inhrelid") ")"                                      \
  " OR " ON_LEDGER("pg_inherits AS x WHERE x.inhparent") ")"                                       \
  " THEN 'It is part of an inheritance tree.'"                                                     \
  " WHEN EXISTS (SELECT FROM %.pg_depend AS d"                                            \
  " WHERE (d.refclassid %= " CLASS("pg_proc") " OR d.refclassid %= " CLASS("pg_type") ")" \
  " AND (" PART("pg_class", "c.oid")                                                               \
  " OR " PART("pg_class", "ANY (SELECT i.indexrelid FROM %.pg_index AS i"                 \
                          " WHERE i.indrelid %= c.oid)")                                         \
  " OR " PART("pg_constraint", "ANY (SELECT k.oid FROM %.pg_constraint AS k"              \
                               " WHERE k.conrelid %= c.oid)")                                    \
  " OR " PART("pg_attrdef", "ANY (SELECT a.oid FROM %.pg_attrdef AS a"                    \
                            " WHERE a.adrelid %= c.oid)") "))"                                   \
  " THEN 'It uses functions or types that are not PostgreSQL''s own.' END"

/* Not an answer but an error, where it is not to be trusted: what follows in the pipeline is then
 * skipped. */
#define TRUSTED                                                                                    \
  "(SELECT CASE WHEN u.why IS NULL THEN 0"                                                         \
  " ELSE %.int4in(%.textout(%.concat('" RAISED_PREFIX "', u.why))) END"                            \
  " FROM (SELECT " UNTRUSTED " AS why %C"                                                          \
  " WHERE n.nspname %= $1::%.name AND c.relname %= $2::%.name) AS u)"
/* clang-format on */

int embark__survey_send(embark__pipeline *p, embark__buf *scratch, const char *ledger_schema,
                        const char *ledger_table, const char *progress_schema)
{
  static const char sql[] =
      "SELECT %.pg_is_in_recovery(),"
      " EXISTS (SELECT FROM %.pg_namespace AS n WHERE n.nspname %= $1::%.name),"
      " EXISTS (SELECT %C"
      " WHERE n.nspname %= $1::%.name AND c.relname %= $2::%.name),"
      " EXISTS (SELECT %C"
      " WHERE (c.relkind %= 'r' OR c.relkind %= 'p') AND c.relpersistence %! 't'"
      " AND n.nspname %! ALL ('{pg_catalog,information_schema,pg_toast}'::%.name[])"
      " AND NOT (n.nspname %= $3::%.name"
      " AND c.relname %= ANY ('{audit,progress}'::%.name[]))"
      " AND NOT EXISTS (SELECT FROM %.pg_depend AS d WHERE d.deptype %= 'e'"
      " AND d.objid %= c.oid AND d.classid %= c.tableoid)),"
      " (" ON_PATH_BARE " OR " ON_PATH_QUOTED " OR (current_user %= $1::%.name"
      " AND %.strpos(%.current_setting('search_path'), '$user')"
      " OPERATOR(%.>) 0)),"
      " session_user, %.current_setting('role'),"
      " %.current_setting('synchronous_commit'),"
      " (SELECT s.reset_val FROM %.pg_settings AS s WHERE s.name %= 'client_encoding'),"
      " %.pg_backend_pid(),"
      " " TRUSTED ","
      " EXISTS (SELECT %C"
      " WHERE n.nspname %= $3::%.name AND c.relname %= 'progress')";
  const char *values[] = {ledger_schema, ledger_table, progress_schema};
  return embark__sql_send(p, scratch, sql, 3, values);
}

void embark__survey_read(embark__survey *s, const PGresult *res)
{
  s->in_recovery = embark__answer_bool(res, 0, 0);
  s->has_schema = embark__answer_bool(res, 0, 1);
  s->has_ledger = embark__answer_bool(res, 0, 2);
  s->has_tables = embark__answer_bool(res, 0, 3);
  s->is_on_path = !s->has_schema && embark__answer_bool(res, 0, 4);
  s->has_progress = embark__answer_bool(res, 0, SURVEY_PROGRESS);
  s->backend_pid = (int32_t)embark__answer_int(res, 0, SURVEY_BACKEND_PID);
}
