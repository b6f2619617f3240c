/* ledger_text.h - the statements about the ledger, in the short forms of sql.h; %T is the ledger.
 * L2. ledger.c says what each is for, and their parameters. */
#ifndef EMBARK_LEDGER_TEXT_H
#define EMBARK_LEDGER_TEXT_H

#include <embark.h>

typedef enum embark__ledger_text {
  LEDGER_CHECK,
  LEDGER_READ,
  LEDGER_LIST,
  LEDGER_TABLE,
  LEDGER_INDEX,
  LEDGER_GUARD,
  LEDGER_HOLD,
  LEDGER_RECORD,
  LEDGER_REMOVE,
  LEDGER_ACCEPT,
  LEDGER_RESTAMP
} embark__ledger_text;

const char *embark__ledger_text_of(embark_ledger kind, embark__ledger_text which);

#endif
