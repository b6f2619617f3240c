/* report_sarif.h - findings as SARIF 2.1.0, for what shows results of analyses: code scanning,
 * editors. */
#ifndef EMBARK_CLI_REPORT_SARIF_H
#define EMBARK_CLI_REPORT_SARIF_H

#include <jansson.h>

#include "select.h"

/* The whole log: one run, all findings, allowed ones as suppressed. `version` is the program's. A
 * new reference; NULL without memory. */
json_t *report_sarif(const selection *sel, const pack *p, const char *version);

/* Append `path` as a relative reference, or a file: URI where it begins with a slash. */
void report_sarif_uri(text *out, const char *path);

#endif
