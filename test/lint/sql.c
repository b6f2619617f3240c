/* Cuts SQL and has it parsed. Knows Markdown as far as a block of code goes. */
#include "sql.h"

#include <string.h>

#include "keep.h"
#include "split.h"
#include "tree.h"

static const char *statement_fault(const char *sql)
{
  tree t = {0};
  tree_parse(&t, sql);
  const char *fault = t.state == TREE_PARSED
                          ? ""
                          : keep_printf("%s: %s", t.message != NULL ? t.message : "no tree", sql);
  tree_free(&t);
  return fault;
}

static const char *script_fault(const char *sql)
{
  diag said = {0};
  script cut;
  char path[] = "sql";
  source src = {.path = path, .bytes = keep_printf("%s", sql), .size = strlen(sql)};
  int status = split(&cut, &src, false, &said);
  const char *fault = status == 0 ? "" : keep_printf("%s", text_string(&said.out));
  for (size_t i = 0; i < cut.count && fault[0] == '\0'; i++) {
    const statement *st = &cut.statements[i];
    fault = statement_fault(keep_printf("%.*s", (int)(st->end - st->start), sql + st->start));
  }
  script_free(&cut);
  diag_free(&said);
  return fault;
}

const char *sql_fault(const char *sql)
{
  const char *fault = script_fault(sql);
  bool is_column =
      fault[0] != '\0' && statement_fault(keep_printf("CREATE TABLE t (%s)", sql))[0] == '\0';
  return is_column ? "" : fault;
}

bool is_sentence(const char *better)
{
  size_t size = strlen(better);
  return size == 0 || better[size - 1] == '.';
}

const char *sql_block(const char **at)
{
  static const char opening[] = "\n```sql\n";
  const char *start = strstr(*at, opening);
  const char *end = start != NULL ? strstr(start + sizeof opening - 1, "\n```") : NULL;
  if (end == NULL) {
    return NULL;
  }
  start += sizeof opening - 1;
  *at = end + 4;
  return keep_printf("%.*s", (int)(end - start), start);
}
