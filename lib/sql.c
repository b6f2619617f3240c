/* sql.c - spelling out the short forms of our SQL. Knows the forms; knows no statement. */
#include "sql.h"

#include <string.h>

/* What a form stands for, in other forms. */
static const char *meaning_of(char form)
{
  switch (form) {
  case '.':
    return "pg_catalog.";
  case '=':
    return "OPERATOR(pg_catalog.=)";
  case '!':
    return "OPERATOR(pg_catalog.<>)";
  case 't':
    return TEXT;
  case 'C':
    return "FROM %.pg_class AS c JOIN %.pg_namespace AS n ON n.oid %= c.relnamespace";
  case 'H':
    return "FROM %.pg_settings AS s WHERE s.source %= 'session' AND s.name %! ALL ("
           "'{client_encoding,transaction_isolation,transaction_read_only,transaction_deferrable}'"
           "%t[])";
  case 'R':
    return "%.int4in(%.textout(%.concat('" RAISED_PREFIX "', '";
  case 'W':
    return " RETURNING *) SELECT CASE WHEN (SELECT %.count(*) FROM w WHERE ";
  case 'E':
    return ") %= 1 THEN 0 ELSE %Rthe ledger did not take the row'))) END";
  case 'L':
    return "%Rthe ledger has changed since the plan was made; this session looks again,"
           " nothing is wrong')))";
  default: /* there is no other: the texts are all our own */
    return "";
  }
}

static void put_form(embark__buf *out, char form, const char *schema, const char *table)
{
  if (form == 'S' || form == 'T') {
    embark__buf_identifier(out, schema);
    embark__buf_str(out, form == 'T' ? "." : "");
  }
  if (form == 'T') {
    embark__buf_identifier(out, table);
  }
  embark__sql_put(out, meaning_of(form), NULL, NULL);
}

void embark__sql_put(embark__buf *out, const char *text, const char *schema, const char *table)
{
  for (const char *mark; (mark = strchr(text, '%')) != NULL; text = mark + 2) {
    embark__buf_bytes(out, text, (size_t)(mark - text));
    put_form(out, mark[1], schema, table);
  }
  embark__buf_str(out, text);
}

void embark__sql_put_line(embark__buf *out, const char *text, const char *schema, const char *table)
{
  embark__sql_put(out, text, schema, table);
  embark__buf_str(out, ";\n");
}

const char *embark__sql_text(const char *texts, unsigned index)
{
  for (; index > 0; index--) {
    texts += strlen(texts) + 1;
  }
  return texts;
}

int embark__sql_send_about(embark__pipeline *p, embark__buf *scratch, const char *text,
                           const char *schema, const char *table, int count,
                           const char *const *values)
{
  embark__buf_clear(scratch);
  embark__sql_put(scratch, text, schema, table);
  const char *sql = embark__buf_text(scratch);
  return sql == NULL ? -1 : embark__pipeline_send(p, sql, count, values);
}

int embark__sql_send(embark__pipeline *p, embark__buf *scratch, const char *text, int count,
                     const char *const *values)
{
  return embark__sql_send_about(p, scratch, text, NULL, NULL, count, values);
}

int embark__sql_send_create_schema(embark__pipeline *p, embark__buf *scratch, const char *schema)
{
  return embark__sql_send_about(p, scratch, CREATE_SCHEMA, schema, NULL, 0, NULL);
}
