/* error.h - filling the caller's embark_error. L0; needs no memory. */
#ifndef EMBARK_ERROR_H
#define EMBARK_ERROR_H

#include <stddef.h>

#include <embark.h>

/* Forget whatever was in it. */
void embark__error_clear(embark_error *err);

/* Start an error anew: code and message, all else unset. Returns `code`, so that callers can return
 * it. */
int embark__error_set(embark_error *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Add to an error that embark__error_set() began. */
void embark__error_detail(embark_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void embark__error_hint(embark_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The detail is a message of libpq's, without the line feeds that it ends in. */
void embark__error_reason(embark_error *err, const char *why);

/* Add to one of its texts, of EMBARK_TEXT_SIZE. One that is cut already stays as it is. */
void embark__error_add(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Say which migration it is about. */
void embark__error_place(embark_error *err, const embark_migration *m);

/* Out of memory, with its hint. Returns EMBARK_E_MEMORY. */
int embark__error_memory(embark_error *err);

/* The last place at or before `end` where a character of UTF-8 starts. */
size_t embark__character_start(const char *text, size_t end);

/* Copy text into a fixed field of `size` bytes; what is too long is cut between characters of UTF-8
 * and ends in "...". NULL is "". */
void embark__copy_text(char *field, size_t size, const char *text);

#endif
