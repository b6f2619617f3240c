/* answer.c - reading results. Knows libpq's accessors and that every field may be missing. */
#include "answer.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "sql.h"

int embark__answer_is_error(const PGresult *res)
{
  /* COPY states count as errors too: nothing that asks this has begun a COPY. */
  ExecStatusType status = PQresultStatus(res);
  return status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_SINGLE_TUPLE &&
         status != PGRES_EMPTY_QUERY;
}

int embark__answer_is_skipped(const PGresult *res)
{
  return PQresultStatus(res) == PGRES_PIPELINE_ABORTED;
}

int embark__answer_has_tag(const PGresult *res, const char *tag)
{
  /* Not declared const by libpq, but it only reads. */
  const char *said = PQcmdStatus((PGresult *)(uintptr_t)res);
  return said != NULL && strcmp(said, tag) == 0;
}

int embark__answer_is_libpqs(const PGresult *res)
{
  return embark__answer_sqlstate(res)[0] == '\0' && embark__answer_severity(res)[0] == '\0';
}

static const char *field(const PGresult *res, int code)
{
  const char *text = PQresultErrorField(res, code);
  return text != NULL ? text : "";
}

int embark__answer_is_farewell(const PGresult *res)
{
  const char *severity = field(res, PG_DIAG_SEVERITY_NONLOCALIZED);
  if (severity[0] == '\0') {
    severity = field(res, PG_DIAG_SEVERITY); /* poolers send no other; a server may translate it */
  }
  return strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0;
}

const char *embark__answer_sqlstate(const PGresult *res)
{
  return field(res, PG_DIAG_SQLSTATE);
}

const char *embark__answer_severity(const PGresult *res)
{
  return field(res, PG_DIAG_SEVERITY);
}

const char *embark__answer_message(const PGresult *res)
{
  return field(res, PG_DIAG_MESSAGE_PRIMARY);
}

int embark__answer_has_sqlstate(const PGresult *res, const char *sqlstate)
{
  return strcmp(embark__answer_sqlstate(res), sqlstate) == 0;
}

int embark__answer_is_lock_trouble(const PGresult *res)
{
  return embark__answer_has_sqlstate(res, LOCK_NOT_AVAILABLE) ||
         embark__answer_has_sqlstate(res, DEADLOCK) ||
         embark__answer_has_sqlstate(res, NOT_SERIALIZABLE);
}

int embark__answer_is_duplicate(const PGresult *res)
{
  return embark__answer_has_sqlstate(res, DUPLICATE_TABLE) ||
         embark__answer_has_sqlstate(res, DUPLICATE_SCHEMA) ||
         embark__answer_has_sqlstate(res, UNIQUE_VIOLATION);
}

const char *embark__answer_text(const PGresult *res, int row, int column)
{
  if (row < 0 || row >= PQntuples(res) || column < 0 || column >= PQnfields(res) ||
      PQgetisnull(res, row, column)) {
    return NULL;
  }
  return PQgetvalue(res, row, column);
}

int64_t embark__answer_int(const PGresult *res, int row, int column)
{
  const char *text = embark__answer_text(res, row, column);
  return text != NULL ? strtoll(text, NULL, 10) : 0;
}

int embark__answer_bool(const PGresult *res, int row, int column)
{
  const char *text = embark__answer_text(res, row, column);
  return text != NULL && text[0] == 't';
}

size_t embark__answer_position(const PGresult *res)
{
  return (size_t)strtoll(field(res, PG_DIAG_STATEMENT_POSITION), NULL, 10);
}

/* "\nLABEL: text" where there is a text. */
static void append(embark_error *err, const char *label, const char *text)
{
  if (text[0] != '\0') {
    embark__error_add(err->detail, "\n%s: %s", label, text);
  }
}

void embark__answer_describe(embark_error *err, const PGresult *res)
{
  const char *severity = embark__answer_severity(res);
  const char *primary = embark__answer_message(res);
  const char *sqlstate = embark__answer_sqlstate(res);
  if (primary[0] == '\0') {
    /* Not from the server but from libpq, or from something that speaks the protocol badly. */
    embark__error_detail(err, "%s", PQresultErrorMessage(res));
    err->detail[strcspn(err->detail, "\n")] = '\0';
    return;
  }
  embark__copy_text(err->sqlstate, sizeof err->sqlstate, sqlstate);
  embark__error_detail(err, "%s: %s (SQLSTATE %s)", severity[0] != '\0' ? severity : "ERROR",
                       primary, sqlstate[0] != '\0' ? sqlstate : "unknown");
  append(err, "Server detail", field(res, PG_DIAG_MESSAGE_DETAIL));
  append(err, "Server hint", field(res, PG_DIAG_MESSAGE_HINT));
  append(err, "Context", field(res, PG_DIAG_CONTEXT));
}

int embark__answer_not_taken(embark_error *err)
{
  embark__error_set(err, EMBARK_E_MEMORY, "an answer of the server could not be taken in");
  embark__error_hint(err, "Run again: the ledger tells what is applied.");
  return err->code;
}

int embark__answer_lost(embark_error *err, const char *reason)
{
  embark__error_set(err, EMBARK_E_CONNECTION, "the connection to the database is lost");
  embark__error_reason(err, reason);
  embark__error_hint(err,
                     "Connect anew and run again: the ledger tells what is applied, and the next "
                     "run goes on from there.");
  return EMBARK_E_CONNECTION;
}
