/* table.c - the report. Rows appear as soon as they are known: the whole takes a minute or two. */
#include "table.h"

#include <stdarg.h>
#include <stdio.h>

static unsigned budgets, missed;

static void line(const char *measure, const char *figure, const char *floor, const char *ratio,
                 const char *budget, const char *within)
{
  printf("%-44s %16s  %-30s %7s  %-22s %s\n", measure, figure, floor, ratio, budget, within);
  fflush(stdout);
}

void table_head(void)
{
  line("measure", "embark", "against", "ratio", "budget", "within");
}

void table_section(const char *title)
{
  printf("\n%s\n", title);
  fflush(stdout);
}

void table_add(const table_row *row)
{
  static const char *const words[] = {[NO_BUDGET] = "", [WITHIN] = "yes", [MISSED] = "NO"};
  char measure[96], ratio[16] = "";
  snprintf(measure, sizeof measure, "  %s", row->measure);
  if (row->ratio >= 0) {
    snprintf(ratio, sizeof ratio, "%.2f", row->ratio);
  }
  line(measure, row->figure, row->floor, ratio, row->budget, words[row->verdict]);
  budgets += row->verdict != NO_BUDGET;
  missed += row->verdict == MISSED;
}

void table_note(const char *text)
{
  printf("  # %s\n", text);
  fflush(stdout);
}

void table_end(void)
{
  printf("\nbench: %u budgets, %u missed\n", budgets, missed);
}

verdict table_judge(int within)
{
  return within ? WITHIN : MISSED;
}

const char *table_text(const char *format, ...)
{
  static char texts[8][96];
  static unsigned turn;
  char *text = texts[turn++ % 8];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof texts[0], format, args);
  va_end(args);
  return text;
}
