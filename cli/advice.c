/* advice.c - one table of phrases. Facts of a hint, such as counts and names, stay in it. */
#include "advice.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

typedef struct phrase {
  const char *from;
  const char *to; /* '@' stands for the program's name, '#' for the migration's tag */
  enum { PART, WHOLE, FOLDER } kind; /* of the hint; of one where nothing has to be bundled */
} phrase;

static const phrase phrases[] = {
    {"EMBARK_RESUME_",
     "See whether it took effect (@ resume shows the statement), and say so: @ resume --done, or, "
     "if it did not, @ resume --again. Then go on with @ migrate.",                              true },
    {"set adopt to EMBARK_ADOPT_ASSUME once (or bundle with --adopt assume) to record all as "
     "adopted",                        "record its migrations without running them: @ adopt --all, or @ adopt --up-to TAG for the "
     "first of them",                                                        false},
    {"make the change in a new migration.",
     "make the change in a new migration. If the change does no harm: @ accept # --reason WHY.", PART },
    {"set EMBARK_OUT_OF_ORDER",             "give --out-of-order",                               false},
    {"Apply them with embark_migrate().",   "Apply them with @ migrate.",                        false},
    {"embark-bundle --list",                "@ status",                                          false},
    {"lock_timeout_ms",                     "--lock-timeout",                                    false},
    {"lock_wait_ms",                        "--lock-wait",                                       false},
    {"set keeper_conninfo",                 "give --lock-database",                              PART },
    {"keeper_conninfo",                     "--lock-database",                                   PART },
};

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
