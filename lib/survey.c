/* survey.c - what the database is like. Knows the catalog; decides nothing. */
#include "survey.h"

#include "answer.h"
#include "sql.h"

/* Whether the search_path names the schema $1: as a bare word, which is folded to lower case, or in
 * quotes, between which there may be anything. */
#define PATH "pg_catalog.current_setting('search_path')"
#define ON_PATH_BARE                                                                               \
  "$1" TEXT " OPERATOR(pg_catalog.=) ANY (pg_catalog.regexp_split_to_array("                       \
  "pg_catalog.lower(pg_catalog.btrim(" PATH ")), '[[:space:]]*,[[:space:]]*'))"
#define ON_PATH_QUOTED                                                                             \
  "pg_catalog.strpos(" PATH                                                                        \
  ", pg_catalog.concat('\"', pg_catalog.replace($1, '\"', '\"\"'), '\"'))"                         \
  " OPERATOR(pg_catalog.>) 0"

/* Why the relation c, which is in the ledger's place, must not be used: reading or writing it would
 * run code of whoever made it, with the rights of whoever migrates, or would not do what it says. A
 * dependency on PostgreSQL's own functions and types is not recorded, so one that is recorded is on
 * somebody else's. */
/* clang-format off */
#define CLASS(name)        "'pg_catalog." name "'::pg_catalog.regclass"
#define ON_LEDGER(catalog) "EXISTS (SELECT FROM pg_catalog." catalog EQ "c.oid"
#define PART(class, ids)   "d.classid" EQ CLASS(class) " AND d.objid" EQ ids
#define UNTRUSTED                                                                                  \
  "CASE WHEN c.relkind" NE "'r' THEN 'It is not an ordinary table.'"                               \
  " WHEN c.relpersistence" NE "'p' THEN 'It does not outlive a crash or its session.'"             \
  " WHEN " ON_LEDGER("pg_rewrite AS x WHERE x.ev_class") ") THEN 'It has a rule.'"                 \
  " WHEN " ON_LEDGER("pg_trigger AS x WHERE x.tgrelid") " AND NOT x.tgisinternal)"                 \
  " THEN 'It has a trigger.'"                                                                      \
  " WHEN pg_catalog.row_security_active(c.oid) THEN 'Row-level security hides rows of it.'"        \
  " WHEN " ON_LEDGER("pg_inherits AS x WHERE x.inhrelid") ")"                                      \
  " OR " ON_LEDGER("pg_inherits AS x WHERE x.inhparent") ")"                                       \
  " THEN 'It is part of an inheritance tree.'"                                                     \
  " WHEN EXISTS (SELECT FROM pg_catalog.pg_depend AS d"                                            \
  " WHERE (d.refclassid" EQ CLASS("pg_proc") " OR d.refclassid" EQ CLASS("pg_type") ")"            \
  " AND (" PART("pg_class", "c.oid")                                                               \
  " OR " PART("pg_class", "ANY (SELECT i.indexrelid FROM pg_catalog.pg_index AS i"                 \
                          " WHERE i.indrelid" EQ "c.oid)")                                         \
  " OR " PART("pg_constraint", "ANY (SELECT k.oid FROM pg_catalog.pg_constraint AS k"              \
                               " WHERE k.conrelid" EQ "c.oid)")                                    \
  " OR " PART("pg_attrdef", "ANY (SELECT a.oid FROM pg_catalog.pg_attrdef AS a"                    \
                            " WHERE a.adrelid" EQ "c.oid)") "))"                                   \
  " THEN 'It uses functions or types that are not PostgreSQL''s own.' END"

/* Not an answer but an error, where it is not to be trusted: what follows in the pipeline is then
 * skipped. */
#define TRUSTED                                                                                    \
  "(SELECT CASE WHEN u.why IS NULL THEN 0 ELSE " RAISE_TEXT("u.why") " END"                        \
  " FROM (SELECT " UNTRUSTED " AS why FROM pg_catalog.pg_class AS c"                               \
  " JOIN pg_catalog.pg_namespace AS n ON n.oid" EQ "c.relnamespace"                                \
  " WHERE n.nspname" EQ "$1::pg_catalog.name AND c.relname" EQ "$2::pg_catalog.name) AS u)"
/* clang-format on */

int embark__survey_send(embark__pipeline *p, const char *ledger_schema, const char *ledger_table)
{
  static const char sql[] =
      "SELECT pg_catalog.pg_is_in_recovery(),"
      " EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.nspname" EQ "$1::pg_catalog.name),"
      " EXISTS (SELECT FROM pg_catalog.pg_class AS c"
      " JOIN pg_catalog.pg_namespace AS n ON n.oid" EQ "c.relnamespace"
      " WHERE n.nspname" EQ "$1::pg_catalog.name AND c.relname" EQ "$2::pg_catalog.name),"
      " EXISTS (SELECT FROM pg_catalog.pg_class AS c"
      " JOIN pg_catalog.pg_namespace AS n ON n.oid" EQ "c.relnamespace"
      " WHERE (c.relkind" EQ "'r' OR c.relkind" EQ "'p') AND c.relpersistence" NE "'t'"
      " AND n.nspname" NE "'pg_catalog' AND n.nspname" NE "'information_schema'"
      " AND n.nspname" NE "'pg_toast'"
      " AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.deptype" EQ "'e'"
      " AND d.objid" EQ "c.oid AND d.classid" EQ "c.tableoid)),"
      " NOT EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.nspname" EQ
      "$1::pg_catalog.name)"
      " AND (" ON_PATH_BARE " OR " ON_PATH_QUOTED " OR (current_user" EQ "$1::pg_catalog.name"
      " AND pg_catalog.strpos(pg_catalog.current_setting('search_path'), '$user')"
      " OPERATOR(pg_catalog.>) 0)),"
      " session_user, pg_catalog.current_setting('role'),"
      " pg_catalog.current_setting('synchronous_commit'),"
      " (SELECT s.reset_val FROM pg_catalog.pg_settings AS s WHERE s.name" EQ "'client_encoding'),"
      " pg_catalog.pg_backend_pid(),"
      " " TRUSTED;
  const char *values[] = {ledger_schema, ledger_table};
  return embark__pipeline_send(p, sql, 2, values);
}

void embark__survey_read(embark__survey *s, const PGresult *res)
{
  s->in_recovery = embark__answer_bool(res, 0, 0);
  s->has_schema = embark__answer_bool(res, 0, 1);
  s->has_ledger = embark__answer_bool(res, 0, 2);
  s->has_tables = embark__answer_bool(res, 0, 3);
  s->is_on_path = embark__answer_bool(res, 0, 4);
  s->backend_pid = (int32_t)embark__answer_int(res, 0, SURVEY_BACKEND_PID);
}
