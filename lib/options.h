/* options.h - the caller's options with their defaults filled in. L1. */
#ifndef EMBARK_OPTIONS_FILL_H
#define EMBARK_OPTIONS_FILL_H

#include <embark.h>

/* Bytes in a name of PostgreSQL's: what is longer it cuts off. */
#define EMBARK_NAME_MOST 63u

/* Copy what the caller knows of the options (NULL: nothing) and fill in every default but those
 * that come from the bundle. Returns EMBARK_OK, or EMBARK_E_ARGUMENT with err filled. */
int embark__options_fill(embark_options *out, const embark_options *given,
                         embark_error *err) EMBARK_CHECKED;

/* Whether there is such an op, and they say all that it needs. Returns as above. */
int embark__options_check_op(const embark_options *opt, embark_op op,
                             embark_error *err) EMBARK_CHECKED;

/* Set *target to the migration, from 1, that they name; it stays as it is where they name none.
 * Returns EMBARK_OK, or EMBARK_E_TARGET with err filled. */
int embark__options_find_target(const embark_options *opt, embark_op op,
                                const embark_bundle *bundle, uint32_t *target,
                                embark_error *err) EMBARK_CHECKED;

#endif
