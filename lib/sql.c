/* sql.c - spelling out the short forms of our SQL. Knows the forms; knows no statement. */
#include "sql.h"

#include <string.h>

static void put_form(embark__buf *out, char form, const char *schema, const char *table)
{
  switch (form) {
  case 'S':
    embark__buf_identifier(out, schema);
    break;
  case 'T':
    embark__buf_identifier(out, schema);
    embark__buf_str(out, ".");
    embark__buf_identifier(out, table);
    break;
  case '.':
    embark__buf_str(out, "pg_catalog.");
    break;
  case '=':
    embark__buf_str(out, EQ);
    break;
  case '!':
    embark__buf_str(out, NE);
    break;
  case 't':
    embark__buf_str(out, TEXT);
    break;
  default: /* there is no other: the texts are all our own */
    break;
  }
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
