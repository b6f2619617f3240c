/* report_text.h - findings as people read them: place, message, the line with a caret, what it does
 * and what to write instead. */
#ifndef EMBARK_LINT_REPORT_TEXT_H
#define EMBARK_LINT_REPORT_TEXT_H

#include <stdbool.h>

#include "screen.h"
#include "select.h"

/* Append all findings of `sel`. with_allowed: those too, each with its reason. */
void report_text(text *out, const screen *s, const selection *sel, const pack *p,
                 bool with_allowed);

/* Append how many there are, in a line: "2 errors, 1 note in 12 migrations, 1 allowed". */
void report_text_sum(text *out, const selection *sel);

#endif
