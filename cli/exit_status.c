/* exit_status.c - from the library's codes to what a shell can tell apart. Shared with the
 * endpoint, whose documents say it, too: depends on nothing but the codes. */
#include "exit_status.h"

#include <embark.h>

int exit_status_of(int code)
{
  switch (code) {
  case EMBARK_OK:
    return EXIT_DONE;
  case EMBARK_E_ARGUMENT:
  case EMBARK_E_BUNDLE:
  case EMBARK_E_TARGET:
  case EMBARK_E_IRREVERSIBLE:
    return EXIT_USAGE;
  case EMBARK_E_PENDING:
    return EXIT_PENDING;
  case EMBARK_E_ADOPT:
  case EMBARK_E_CHANGED:
  case EMBARK_E_MISSING:
  case EMBARK_E_UNKNOWN:
  case EMBARK_E_REORDERED:
  case EMBARK_E_OUT_OF_ORDER:
  case EMBARK_E_LEDGER:
  case EMBARK_E_INTERRUPTED:
    return EXIT_DRIFT;
  case EMBARK_E_LOCKED:
  case EMBARK_E_LOCK_TIMEOUT:
    return EXIT_LOCKED;
  case EMBARK_E_CONNECTION:
  case EMBARK_E_KEEPER:
    return EXIT_CONNECT;
  case EMBARK_E_FORBIDDEN:
    return EXIT_FORBIDDEN;
  case EMBARK_E_CANCELLED:
    return EXIT_INTERRUPTED;
  default:
    return EXIT_FAILED;
  }
}
