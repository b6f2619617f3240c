/* sql.h - SQL that stands in pages and findings: it has to be SQL. */
#ifndef EMBARK_TEST_LINT_SQL_H
#define EMBARK_TEST_LINT_SQL_H

#include <stdbool.h>

/* The first statement of it that does not parse, and why; "" when all do, or when it defines a
 * column of a table. Needs the parser. */
const char *sql_fault(const char *sql);

/* What a finding calls better is a sentence, and no SQL. */
bool is_sentence(const char *better);

/* The text between the next ```sql and ``` of a page from *at on, which is moved behind it; NULL
 * when there is no more. */
const char *sql_block(const char **at);

#endif
