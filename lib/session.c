/* session.c - settings before and after. Knows pg_settings and how to put a setting back; knows
 * nothing of migrations. */
#include "session.h"

#include <string.h>

#include "answer.h"
#include "error.h"
#include "sql.h"
#include "survey.h"

/* clang-format off */
/* What the transaction noted at its start, if it did; else what was saved beforehand. */
#define NOTED(what) "%.current_setting('embark." what "', true)"
#define KEPT(what, saved)                                                                          \
  "CASE WHEN %.length(" NOTED(what) ") OPERATOR(%.>) 0"                          \
  " THEN " NOTED(what) " ELSE " saved " END"
#define SAVED                                                                                      \
  " ROWS FROM (%.unnest((" KEPT("names", "$1") ")::%.text[]),"                   \
  " %.unnest((" KEPT("values", "$2") ")::%.text[])) AS saved(name, value)"
/* clang-format on */

/* Both are settings that only set_config can put back to a value that is not known beforehand.
 * Setting the user anew when it is the same is no harm, but not every role may. */
#define IDENTITY(user, role, local)                                                                \
  "CASE WHEN session_user" TEXT NE user " THEN %.set_config('session_authorization', " user        \
  ", " local ")"                                                                                   \
  " END, %.set_config('role', " role ", " local ")"
/* Behind a pooler it may be somebody else's turn on the server connection that was ours. */
#define SAME_BACKEND "%.pg_backend_pid() %= $3" INT4

/* set_config() with a value of NULL is RESET. All of it happens on the server: the memory that
 * would be needed for doing it from here may be gone; that for this text, the longest, is taken
 * beforehand. $3: on this backend; NULL: on any. */
static const char settings_back[] =
    "SELECT %.set_config(COALESCE(s.name, saved.name), saved.value, false)"
    " FROM (SELECT s.name, s.setting %H) AS s FULL JOIN" SAVED " ON s.name %= saved.name"
    " WHERE (s.name IS NULL OR saved.name IS NULL OR s.setting %! saved.value)"
    " AND COALESCE(" SAME_BACKEND ", true)";

void embark__session_init(embark__session *s, const embark_allocator *alloc)
{
  *s = (embark__session){0};
  s->sql.alloc = alloc;
  s->names.alloc = alloc;
  s->values.alloc = alloc;
  s->user.alloc = alloc;
  s->role.alloc = alloc;
}

void embark__session_free(embark__session *s)
{
  embark__buf_free(&s->sql);
  embark__buf_free(&s->names);
  embark__buf_free(&s->values);
  embark__buf_free(&s->user);
  embark__buf_free(&s->role);
}

int embark__session_send_save(embark__session *s, embark__pipeline *p, int anew)
{
  if (anew) {
    embark__buf_clear(&s->names);
    embark__buf_clear(&s->values);
    embark__buf_str(&s->names, "{");
    embark__buf_str(&s->values, "{");
  }
  embark__buf_clear(&s->sql);
  embark__sql_put(&s->sql, settings_back, NULL, NULL);
  if (embark__buf_text(&s->sql) == NULL) {
    return -1;
  }
  return embark__sql_send(p, &s->sql, "SELECT s.name, s.setting %H", 0, NULL);
}

static void add_element(embark__buf *array, const char *text)
{
  embark__buf_str(array, array->length > 1 ? ",\"" : "\"");
  for (; *text != '\0'; text++) {
    if (*text == '"' || *text == '\\') {
      embark__buf_str(array, "\\");
    }
    embark__buf_bytes(array, text, 1);
  }
  embark__buf_str(array, "\"");
}

void embark__session_saved(embark__session *s, const PGresult *res, int row)
{
  const char *name = embark__answer_text(res, row, 0);
  const char *value = embark__answer_text(res, row, 1);
  if (name != NULL) {
    add_element(&s->names, name);
    add_element(&s->values, value != NULL ? value : "");
  }
}

static void keep(embark__buf *b, const char *text)
{
  embark__buf_clear(b);
  embark__buf_str(b, text != NULL ? text : "");
}

void embark__session_identity(embark__session *s, const PGresult *survey, const char *encoding)
{
  const char *synchronous_commit = embark__answer_text(survey, 0, SURVEY_SYNCHRONOUS_COMMIT);
  const char *reset = embark__answer_text(survey, 0, SURVEY_ENCODING);
  keep(&s->user, embark__answer_text(survey, 0, SURVEY_USER));
  keep(&s->role, embark__answer_text(survey, 0, SURVEY_ROLE));
  embark__copy_text(s->backend, sizeof s->backend,
                    embark__answer_text(survey, 0, SURVEY_BACKEND_PID));
  embark__copy_text(s->encoding, sizeof s->encoding,
                    reset != NULL && strcmp(reset, encoding) == 0 ? "" : encoding);
  /* Success means durable: a session that does without waits for the disk at the end all the same.
   */
  int lasts = synchronous_commit != NULL && strcmp(synchronous_commit, "off") != 0;
  embark__copy_text(s->synchronous_commit, sizeof s->synchronous_commit,
                    lasts ? synchronous_commit : "on");
}

/* Send with two texts and a third as parameters; a text that memory ran out for is a failure. */
static int send_texts(embark__session *s, embark__pipeline *p, const char *sql, embark__buf *first,
                      embark__buf *second, int count, const char *third)
{
  const char *values[] = {embark__buf_text(first), embark__buf_text(second), third};
  if (values[0] == NULL || values[1] == NULL) {
    return -1;
  }
  return embark__sql_send(p, &s->sql, sql, count, values);
}

int embark__session_send_borrow(embark__session *s, embark__pipeline *p)
{
  return send_texts(s, p,
                    "SELECT %.set_config('client_encoding', 'UTF8', true),"
                    " %.set_config('synchronous_commit', $3, true), " IDENTITY("$1", "$2", "true"),
                    &s->user, &s->role, 3, s->synchronous_commit);
}

int embark__session_send_role(embark__session *s, embark__pipeline *p)
{
  /* The migration may have left hardly any time for a statement. The value is none that anybody
   * has, so that the comparison which puts the settings back finds it. */
  return send_texts(s, p,
                    "SELECT %.set_config('statement_timeout', '2147483647', true),"
                    " %.set_config('client_encoding', 'UTF8', true), " IDENTITY(
                        KEPT("user", "$1"), KEPT("role", "$2"), "false"),
                    &s->user, &s->role, 2, NULL);
}

/* Close the array literals; a no-op from the second time on. */
static void finish_arrays(embark__session *s)
{
  if (s->names.length > 0 && s->names.text[s->names.length - 1] != '}') {
    embark__buf_str(&s->names, "}");
    embark__buf_str(&s->values, "}");
  }
}

int embark__session_send_settings(embark__session *s, embark__pipeline *p)
{
  finish_arrays(s);
  return send_texts(s, p, settings_back, &s->names, &s->values, 3, NULL);
}

int embark__session_send_restore(embark__session *s, embark__pipeline *p)
{
  /* The settings as the session's user, who may set what the role may not; role and encoding last.
   * A pooler knows of the encoding, and takes it along to whatever server connection is next. */
  const char *user[] = {embark__buf_text(&s->user), "none", s->backend};
  const char *last[] = {embark__buf_text(&s->role), s->encoding[0] != '\0' ? s->encoding : NULL,
                        s->backend};
  /* A role's own statement_timeout may be shorter than the comparison of the settings takes. The
   * value is none that a host has, so that the comparison finds it, and puts back what was. */
  static const char first[] =
      "SELECT %.set_config('statement_timeout', '2147483647', true), " IDENTITY(
          "$1", "$2", "false") " WHERE " SAME_BACKEND;
  finish_arrays(s);
  if (user[0] == NULL || last[0] == NULL || embark__sql_send(p, &s->sql, first, 3, user) != 0 ||
      send_texts(s, p, settings_back, &s->names, &s->values, 3, s->backend) != 0) {
    return -1;
  }
  return embark__sql_send(p, &s->sql,
                          "SELECT CASE WHEN " SAME_BACKEND
                          " THEN %.set_config('role', $1, false) END,"
                          " %.set_config('client_encoding', $2, false)",
                          3, last);
}
