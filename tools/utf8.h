/* utf8.h - UTF-8 as RFC 3629 has it: no surrogates, nothing overlong, nothing above U+10FFFF. */
#ifndef EMBARK_TOOLS_UTF8_H
#define EMBARK_TOOLS_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the valid character at `p`, 1 to 4; 0 when there is none within `left` bytes. */
size_t utf8_size(const char *p, size_t left);

/* Offset of the first byte that is no valid UTF-8; `size` when all is. */
size_t utf8_check(const char *bytes, size_t size);

bool utf8_is_continuation(char byte);

#endif
