/* loaded.h - a folder as a bundle in memory: field by field what its generated file would be once
 * compiled, because emit.h writes from it. */
#ifndef EMBARK_TOOLS_LOADED_H
#define EMBARK_TOOLS_LOADED_H

#include <embark_bundle.h>

#include "diag.h"
#include "pack.h"

/* Not to be copied: the bundle points into it. */
typedef struct loaded {
  pack pack; /* for what a bundle does not say: the layout, sizes of files */
  embark_bundle bundle;
  embark_migration *migrations;
  embark_migration *downs;
  const char **other_hashes; /* all lists, each with its NULL */
  text marks;                /* those of all migrations, each with its NUL */
} loaded;

/* Read the folder `dir` and make the bundle of it. Strings of `options` are borrowed.
 * Returns 0, or -1 with the errors in `d`: the first of every file. `l` is to be freed in either
 * case. */
int loaded_build(loaded *l, const char *dir, const pack_options *options, diag *d);

/* The bundle, after success; it lasts until loaded_free. */
const embark_bundle *loaded_bundle(const loaded *l);

void loaded_free(loaded *l);

#endif
