/* cmd_new.c - `embark new`: says what it has made, a path a line, for editors and scripts. */
#include <time.h>

#include "cli.h"
#include "report.h"
#include "scaffold.h"

static int64_t now_ms(void)
{
  struct timespec now = {0};
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int tell(cli *c, const scaffold_made *made)
{
  text out = {0};
  json_t *files = json_array();
  for (size_t i = 0; i < made->count; i++) {
    text_printf(&out, "%s\n", made->files[i]);
    json_array_append_new(files, json_string(made->files[i]));
  }
  document_set(&c->document, "tag", document_text(made->tag));
  document_set(&c->document, "files", files);
  document_set(&c->document, "changed", document_text(made->changed));
  if (made->changed != NULL) {
    report_note(c, "%s has its entry", made->changed);
  }
  return cli_print(c, &out);
}

int cmd_new(cli *c)
{
  const flags *f = &c->flags;
  scaffold_made made = {0};
  if (f->name == NULL) {
    return cli_refuse(c, EXIT_USAGE, NULL, "give the new migration a name: %s new add_orders",
                      c->program);
  }
  if (c->is_linked && f->dir == NULL) {
    return cli_refuse(c, EXIT_USAGE, "Give --dir, the folder that they are bundled from.",
                      "this program carries its own migrations");
  }
  int status = EXIT_USAGE;
  if (scaffold_new(f->dir != NULL ? f->dir : "migrations", f->name, f->down, now_ms(), &made,
                   &c->diag) != 0) {
    report_diag(c);
  } else {
    report_notes(c);
    status = tell(c, &made);
  }
  scaffold_made_free(&made);
  return status;
}
