/* advice.h - the library's hints in the command's words: options in place of the API's names. */
#ifndef EMBARK_CLI_ADVICE_H
#define EMBARK_CLI_ADVICE_H

#include <embark.h>
#include <stdbool.h>

/* Rephrase err->hint. A hint that knows of no API stays as it is. is_linked: the bundle is part of
 * the program, so that a mended file has to be bundled anew. */
void advice_rephrase(embark_error *err, const char *program, bool is_linked);

#endif
