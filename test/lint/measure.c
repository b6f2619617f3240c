/* Reads locks, files and counters. Knows the server's catalogs; knows no rule.
 *
 * Work shows itself so: a rewrite gives a table a new file with something in it (TRUNCATE's is
 * empty), a new index has a file that none of the table's had, and a scan reads as many rows as
 * there are. ALTER TABLE's validations and CREATE INDEX are counted where SELECT is. */
#include "measure.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "db.h"
#include "keep.h"

/* --- words ------------------------------------------------------------------------------------ */

static lock_mode lock_mode_of(const char *name)
{
  static const char *const names[] = {[LOCK_NONE] = "",
                                      [LOCK_ACCESS_SHARE] = "AccessShareLock",
                                      [LOCK_ROW_SHARE] = "RowShareLock",
                                      [LOCK_ROW_EXCLUSIVE] = "RowExclusiveLock",
                                      [LOCK_SHARE_UPDATE_EXCLUSIVE] = "ShareUpdateExclusiveLock",
                                      [LOCK_SHARE] = "ShareLock",
                                      [LOCK_SHARE_ROW_EXCLUSIVE] = "ShareRowExclusiveLock",
                                      [LOCK_EXCLUSIVE] = "ExclusiveLock",
                                      [LOCK_ACCESS_EXCLUSIVE] = "AccessExclusiveLock"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (strcmp(names[i], name) == 0) {
      return (lock_mode)i;
    }
  }
  ck_abort_msg("a lock called %s", name);
}

lock_mode lock_mode_strongest(const char *names)
{
  lock_mode lock = LOCK_NONE;
  while (*names != '\0') {
    size_t size = strcspn(names, " ");
    lock_mode one = lock_mode_of(keep_printf("%.*s", (int)size, names));
    lock = one > lock ? one : lock;
    names += size + (names[size] == ' ');
  }
  return lock;
}

/* --- reading ---------------------------------------------------------------------------------- */

static const char *field(PGresult *res, int row, int column)
{
  return keep_printf("%s", PQgetvalue(res, row, column));
}

static PGresult *ask(PGconn *conn, const char *sql)
{
  PGresult *res = PQexec(conn, sql);
  ck_assert_msg(PQresultStatus(res) == PGRES_TUPLES_OK, "%s", PQerrorMessage(conn));
  return res;
}

static const char *all_oids(PGconn *conn)
{
  return db_value(conn, "SELECT coalesce(array_agg(c.oid ORDER BY c.oid), '{}') FROM pg_class AS c"
                        " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
                        " WHERE c.relkind IN ('r', 'p', 'm', 'f', 'v', 'S')"
                        " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'");
}

/* One that has gone in the meantime keeps its line: its lock is held on. */
static const char *readings(const char *oids)
{
  return keep_printf(
      "SELECT o, coalesce(c.oid::regclass::text, '?'),"
      " coalesce(CASE WHEN c.relkind IN ('r', 'm') THEN c.relfilenode END::text, ''),"
      " coalesce((SELECT string_agg(x.relfilenode::text, ' ') FROM pg_index AS i"
      "   JOIN pg_class AS x ON x.oid = i.indexrelid AND x.relkind = 'i' WHERE i.indrelid = o), "
      "''),"
      " coalesce(CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(o) END, 0),"
      " coalesce(pg_stat_get_xact_tuples_returned(o), 0)"
      "   + coalesce(pg_stat_get_xact_tuples_fetched(o), 0)"
      "   + (SELECT coalesce(sum(pg_stat_get_xact_tuples_fetched(i.indexrelid)), 0)"
      "      FROM pg_index AS i WHERE i.indrelid = o),"
      " coalesce((SELECT string_agg(DISTINCT l.mode, ' ') FROM pg_locks AS l"
      "   WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.relation = o), ''),"
      " coalesce(c.relkind = 'm', false)"
      " FROM unnest('%s'::oid[]) AS o LEFT JOIN pg_class AS c ON c.oid = o ORDER BY o",
      oids);
}

static place place_of(PGresult *res, int row)
{
  return (place){.oid = field(res, row, 0),
                 .name = field(res, row, 1),
                 .file = field(res, row, 2),
                 .indexes = field(res, row, 3),
                 .size = atoll(PQgetvalue(res, row, 4)),
                 .reads = atoll(PQgetvalue(res, row, 5)),
                 .lock = lock_mode_strongest(PQgetvalue(res, row, 6)),
                 .is_read_only = PQgetvalue(res, row, 7)[0] == 't'};
}

static scene read_places(PGconn *conn, const char *oids)
{
  PGresult *res = ask(conn, readings(oids));
  scene s = {.count = PQntuples(res), .oids = oids};
  s.places = keep_zeros((size_t)s.count * sizeof s.places[0] + 1);
  for (int i = 0; i < s.count; i++) {
    s.places[i] = place_of(res, i);
  }
  PQclear(res);
  return s;
}

scene scene_set(PGconn *conn)
{
  scene s = read_places(conn, all_oids(conn));
  for (int i = 0; i < s.count; i++) {
    place *p = &s.places[i];
    p->rows = p->file[0] != '\0' ? atoll(db_value(conn, "SELECT count(*) FROM %s", p->name)) : 0;
  }
  return s;
}

scene scene_read(PGconn *conn, const scene *before)
{
  scene s = read_places(conn, before->oids);
  for (int i = 0; i < s.count; i++) {
    s.places[i].rows = before->places[i].rows;
    s.places[i].name = before->places[i].name;
  }
  return s;
}

/* --- judging ---------------------------------------------------------------------------------- */

/* A file of `after` that is not among those of `before`. */
static bool has_new_file(const char *before, const char *after)
{
  const char *all = keep_printf(" %s ", before);
  while (*after != '\0') {
    size_t size = strcspn(after, " ");
    if (strstr(all, keep_printf(" %.*s ", (int)size, after)) == NULL) {
      return true;
    }
    after += size + (after[size] == ' ');
  }
  return false;
}

static work work_between(const place *before, const place *after)
{
  if (after->file[0] != '\0' && strcmp(before->file, after->file) != 0) {
    return after->size > 0 ? WORK_REWRITE : WORK_NONE;
  }
  if (has_new_file(before->indexes, after->indexes)) {
    return WORK_BUILD;
  }
  return before->rows > 0 && after->reads - before->reads >= before->rows ? WORK_SCAN : WORK_NONE;
}

void scene_compare(const scene *before, scene *after)
{
  for (int i = 0; i < after->count; i++) {
    after->places[i].work = work_between(&before->places[i], &after->places[i]);
  }
}

lock_mode scene_lock(const scene *s)
{
  lock_mode lock = LOCK_NONE;
  for (int i = 0; i < s->count; i++) {
    lock = s->places[i].lock > lock ? s->places[i].lock : lock;
  }
  return lock;
}

work scene_work(const scene *s)
{
  work most = WORK_NONE;
  for (int i = 0; i < s->count; i++) {
    most = s->places[i].work > most ? s->places[i].work : most;
  }
  return most;
}
