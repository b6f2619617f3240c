/* ledger_words.h - what a command line says of the ledger: its kind, its table, its component. */
#ifndef EMBARK_TOOLS_LEDGER_WORDS_H
#define EMBARK_TOOLS_LEDGER_WORDS_H

#include <embark_bundle.h>

#include "diag.h"

/* All return 0, or -1 with the error, which names `option`, in `d`. */

int ledger_check_component(const char *option, const char *value, diag *d);

int ledger_read_kind(embark_ledger *out, const char *option, const char *value, diag *d);

/* SCHEMA.TABLE; both are the caller's to free. */
int ledger_read_table(char **schema, char **table, const char *option, const char *value, diag *d);

#endif
