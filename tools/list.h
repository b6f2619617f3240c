/* list.h - what a folder holds, for people and for programs. */
#ifndef EMBARK_TOOLS_LIST_H
#define EMBARK_TOOLS_LIST_H

#include "pack.h"
#include "text.h"

/* A table with a line for each migration. */
void list_table(text *out, const pack *p);

/* One JSON object; docs/man/embark-bundle.1 names its members. Returns 0, or -1 without memory. */
int list_json(text *out, const pack *p);

#endif
