/* accept.h - which of two forms of an answer a request would rather have. */
#ifndef EMBARK_ADMIN_ACCEPT_H
#define EMBARK_ADMIN_ACCEPT_H

#include <stdbool.h>

/* Whether the header `Accept` names `type`, and no less gladly than `other`. Ranges (text and a
 * star) name neither: who takes anything gets what programs read. */
bool accept_prefers(const char *accept, const char *type, const char *other);

/* Whether a `Content-Type` is that of a form, whatever its parameters. */
bool content_is_form(const char *content_type);

#endif
