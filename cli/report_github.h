/* report_github.h - findings as workflow commands of GitHub Actions, which shows them beside the
 * lines of a change. */
#ifndef EMBARK_CLI_REPORT_GITHUB_H
#define EMBARK_CLI_REPORT_GITHUB_H

#include "select.h"

/* Append a line for each finding that is not allowed. */
void report_github(text *out, const selection *sel, const pack *p);

#endif
