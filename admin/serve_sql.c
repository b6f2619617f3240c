/* serve_sql.c - a migration's statements, as the program carries them. Asks no database. */
#include "answer.h"
#include "call.h"
#include "document.h"
#include "place.h"

static void put_statement(json *j, const embark_bundle *b, const embark_migration *m, uint32_t i,
                          place_cursor *read)
{
  const embark_statement *s = &b->statements[m->first_statement + i];
  json_begin(j, NULL);
  json_put_number(j, "statement", (int64_t)i + 1);
  json_put_number(j, "line", s->line);
  json_put_count(j, "column", place_next_column(read, b, m, i));
  json_put_bytes(j, "sql", (const char *)b->sql + s->offset, s->length);
  json_put_hazards(j, "hazards", s->hazards);
  json_end(j);
}

static void put_migration(json *j, const embark_bundle *b, const embark_migration *m)
{
  place_cursor read = {0, 0};
  json_put_string(j, "tag", m->tag);
  json_put_string(j, "file", m->file);
  json_put_text(j, "hash", m->hash);
  json_begin_list(j, "statements");
  for (uint32_t i = 0; i < m->statement_count; i++) {
    put_statement(j, b, m, i, &read);
  }
  json_end_list(j);
}

void serve_sql(const call *c, embark_admin_response *r)
{
  static const embark_error no_error;
  json j = {0};
  const char *tag = form_value(c->form, "tag"); /* it is there: fields.c has seen to that */
  bool is_known = c->bundle->format == EMBARK_BUNDLE_FORMAT;
  const embark_migration *m = is_known ? place_migration(c->bundle, tag) : NULL;
  if (m == NULL) {
    answer_refuse(r, 404, "there is no such migration");
    return;
  }
  document_begin(&j, "sql");
  put_migration(&j, c->bundle, m);
  document_answer(&j, &no_error, r);
}
