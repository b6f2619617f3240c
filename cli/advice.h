/* advice.h - the library's hints in the command's words: options in place of the API's names. */
#ifndef EMBARK_CLI_ADVICE_H
#define EMBARK_CLI_ADVICE_H

#include <embark.h>

/* Rephrase err->hint. A hint that knows of no API stays as it is. */
void advice_rephrase(embark_error *err, const char *program);

#endif
