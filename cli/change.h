/* change.h - what kind of change a changed migration has seen. */
#ifndef EMBARK_CLI_CHANGE_H
#define EMBARK_CLI_CHANGE_H

#include "cli.h"
#include "old_text.h"

typedef enum change_kind {
  CHANGE_UNKNOWN,     /* neither the ledger nor git has what would tell */
  CHANGE_WHITE_SPACE, /* white space and line endings */
  CHANGE_COMMENTS,    /* and comments */
  CHANGE_REAL
} change_kind;

typedef struct change {
  change_kind kind;
  bool has_old;
  old_text old;
} change;

/* Judge the entry of a changed migration: by the outline that the ledger has of it, else by the old
 * text, if git has that and it may be asked. change_free() is due. */
void change_find(change *ch, const cli *c, const embark_entry *e, bool ask_git);
void change_free(change *ch);

/* "white_space", "comments", "real", "unknown". */
const char *change_word(change_kind kind);

/* Append the difference of the old and the new text, if the old one is known. */
void change_put(text *out, const screen *s, const change *ch, const cli *c, const embark_entry *e);

#endif
