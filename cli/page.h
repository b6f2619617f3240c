/* page.h - the pages docs/lint/RULE.md, which the program carries. */
#ifndef EMBARK_CLI_PAGE_H
#define EMBARK_CLI_PAGE_H

typedef struct page {
  const char *rule;
  const unsigned char *text; /* UTF-8, ended by a NUL */
} page;

/* All of them; the last has no rule. Made when it is built. */
extern const page pages[];

/* The text of a rule's page; NULL: there is none. */
const char *page_of(const char *rule);

#endif
