/* flags_value.h - what stands behind an option, read into its place in `flags`. */
#ifndef EMBARK_CLI_FLAGS_VALUE_H
#define EMBARK_CLI_FLAGS_VALUE_H

#include "flags.h"

/* Read `value` of the option `name` into `place`, a field of *f, whose type each function tells.
 * The text is borrowed. Returns 0, or -1 with the error in `d`. */
typedef int value_take(flags *f, void *place, const char *name, const char *value, diag *d);

value_take value_flag;    /* bool; there is no value */
value_take value_text;    /* const char *, given once */
value_take value_list;    /* flags_list, one more */
value_take value_time;    /* int64_t, milliseconds */
value_take value_wait;    /* int64_t, milliseconds; also 0 and forever, as lock_wait_ms has them */
value_take value_count;   /* uint32_t, from 1 */
value_take value_hazards; /* uint32_t, EMBARK_HAZARD_*, added to those that are there */

/* Those of a bundle, which have no place of their own. */
value_take value_ledger;
value_take value_ledger_table;
value_take value_component;

/* Those of lint. */
value_take value_format;
value_take value_fail_on;
value_take value_assumption;

#endif
