/* report_json.h - findings and rules as the command's JSON has them: docs/json.md. */
#ifndef EMBARK_CLI_REPORT_JSON_H
#define EMBARK_CLI_REPORT_JSON_H

#include <jansson.h>

#include "select.h"

/* All findings, allowed ones too. A new reference; NULL without memory. */
json_t *report_json_findings(const selection *sel, const pack *p);

/* {"error": 1, "warning": 0, "note": 2, "allowed": 0}. A new reference. */
json_t *report_json_counts(const selection *sel);

/* {"name", "severity", "hazards", "lock", "work", "summary"}. A new reference. */
json_t *report_json_rule(const rule *r);

#endif
