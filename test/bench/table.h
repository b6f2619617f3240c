/* table.h - the report: one line a measure. */
#ifndef EMBARK_BENCH_TABLE_H
#define EMBARK_BENCH_TABLE_H

#define TABLE_NO_RATIO (-1.0)

typedef enum verdict { NO_BUDGET, WITHIN, MISSED } verdict;

typedef struct table_row {
  const char *measure;
  const char *figure;
  const char *floor; /* what it is held against; "" when nothing */
  double ratio;
  const char *budget; /* "" when it is for comparison alone */
  verdict verdict;
} table_row;

void table_head(void);
void table_section(const char *title);
void table_add(const table_row *row);
void table_note(const char *text);

/* The closing line: how many budgets there were, and how many were missed. */
void table_end(void);

verdict table_judge(int within);

/* As snprintf, into one of a few static buffers that take turns: good for one row. */
const char *table_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
