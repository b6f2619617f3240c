/* advice.c - one table of phrases. Facts of a hint, such as counts and names, stay in it. */
#include "advice.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

/* In place of a part of the hint, of the whole, or of a part where nothing has to be bundled. */
typedef enum phrase_kind { PART, WHOLE, FOLDER } phrase_kind;

typedef struct phrase {
  phrase_kind kind;
  const char *from;
  const char *to; /* '@' stands for the program's name, '#' for the migration's tag */
} phrase;

/* clang-format off */
static const phrase phrases[] = {
  {WHOLE, "EMBARK_RESUME_",
   "See whether it took effect (@ resume shows the statement), and say so: @ resume --done, or, if "
   "it did not, @ resume --again. Then go on with @ migrate."},
  {PART, "set adopt to EMBARK_ADOPT_ASSUME once (or bundle with --adopt assume) to record all as "
         "adopted",
   "record its migrations without running them: @ adopt --all, or @ adopt --up-to TAG for the "
   "first of them"},
  {PART, "make the change in a new migration.",
   "make the change in a new migration. If the change does no harm: @ accept # --reason WHY."},
  {PART, "set EMBARK_OUT_OF_ORDER", "give --out-of-order"},
  {PART, "Apply them with embark_migrate().", "Apply them with @ migrate."},
  {PART, "\"embark-bundle --list\" shows the tags of a folder.", "@ status shows the tags."},
  {PART, "lock_timeout_ms", "--lock-timeout"},
  {PART, "lock_wait_ms", "--lock-wait"},
  {PART, "set keeper_conninfo", "give --lock-database"},
  {PART, "keeper_conninfo", "--lock-database"},
  {FOLDER, "Mend the file, bundle it, and", "Mend the file and"},
  {FOLDER, "Write its down file and bundle it", "Write its down file"},
  {FOLDER, "; bundle it", ""},
  {FOLDER, "Bring both into one folder, bundle that, and deploy it.",
   "Bring both into one folder, and migrate from that."},
};
/* clang-format on */

static void put_phrase(text *out, const char *to, const embark_error *err, const char *program)
{
  for (; *to != '\0'; to++) {
    if (*to == '@') {
      text_puts(out, program);
    } else if (*to == '#') {
      text_puts(out, err->tag);
    } else {
      text_putc(out, *to);
    }
  }
}

static void replace(embark_error *err, const phrase *p, const char *at, const char *program)
{
  text out = {0};
  if (p->kind != WHOLE) {
    text_put(&out, err->hint, (size_t)(at - err->hint));
  }
  put_phrase(&out, p->to, err, program);
  if (p->kind != WHOLE) {
    text_puts(&out, at + strlen(p->from));
  }
  if (!out.failed && out.size < sizeof err->hint) {
    memcpy(err->hint, text_string(&out), out.size + 1);
  }
  text_free(&out);
}

void advice_rephrase(embark_error *err, const char *program, bool is_linked)
{
  for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
    const char *at = strstr(err->hint, phrases[i].from);
    if (at != NULL && !(is_linked && phrases[i].kind == FOLDER)) {
      replace(err, &phrases[i], at, program);
    }
  }
}
