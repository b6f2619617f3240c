/* page.h - a rule's page, docs/lint/NAME.md, and its line in the overview, held against its row. */
#ifndef EMBARK_TEST_LINT_PAGE_H
#define EMBARK_TEST_LINT_PAGE_H

#include "rule.h"

#define PAGES    "docs/lint"
#define OVERVIEW "README.md"

/* What is wrong with the page `words`; "" for nothing. */
const char *page_fault(const rule *r, const char *words);

/* What is wrong with what the overview `words` says of the rule; "" for nothing. */
const char *overview_fault(const rule *r, const char *words);

#endif
