/* cmd_accept.c - `embark accept`: both hashes are shown, since they are what is decided about. */
#include <string.h>

#include "confirm.h"
#include "drive.h"

typedef struct accepting {
  const cli *c;
  const embark_entry *entries; /* of a STATUS run */
  size_t count;
} accepting;

static const embark_entry *find(const accepting *a, const char *tag)
{
  for (size_t i = 0; i < a->count; i++) {
    if (a->entries[i].migration != UINT32_MAX && strcmp(a->entries[i].tag, tag) == 0) {
      return &a->entries[i];
    }
  }
  return NULL;
}

static const char *hash_before(const accepting *a, const embark_step *step)
{
  const embark_entry *e = find(a, step->tag);
  return e != NULL ? e->hash : NULL;
}

static const char *hash_now(const accepting *a, const embark_step *step)
{
  const embark_entry *e = find(a, step->tag);
  return e != NULL ? a->c->bundle->migrations[e->migration].hash : NULL;
}

static void put_hashes(text *out, const embark_step *step, void *data)
{
  const char *before = hash_before(data, step);
  const char *now = hash_now(data, step);
  text_printf(out, "    recorded  %s\n    now       %s\n", before != NULL ? before : "unknown",
              now != NULL ? now : "unknown");
}

static json_t *describe(const embark_step *step, void *data)
{
  return json_pack("{s:s, s:s, s:o, s:o}", "tag", step->tag, "file", step->file, "ledger_hash",
                   document_text(hash_before(data, step)), "hash",
                   document_text(hash_now(data, step)));
}

static int accept(cli *c)
{
  embark_run *run = NULL;
  embark_error err;
  accepting a = {.c = c};
  confirm_op op = {EMBARK_ACCEPT, "Accept", "accepted", "nothing to accept: no file has changed",
                   put_hashes,    describe, &a};
  embark_options options = cli_run_options(c);
  options.target = c->flags.name;
  if (options.reason == NULL) {
    options.reason = "none"; /* nothing is written */
  }
  embark_options listing = cli_run_options(c);
  listing.flags = 0;
  listing.target = NULL;
  int code = drive(c, EMBARK_STATUS, listing, NULL, &run, &err);
  if (code == EMBARK_OK) {
    a.count = embark_run_entries(run, &a.entries);
  }
  int status = code == EMBARK_OK ? confirm_run(c, &op, options) : cli_fail(c, &err);
  embark_run_free(run);
  return status;
}

int cmd_accept(cli *c)
{
  const flags *f = &c->flags;
  if ((f->name == NULL) == !f->all) {
    return cli_refuse(c, EXIT_USAGE, NULL,
                      f->all ? "a migration and --all exclude each other"
                             : "say which: the migration's tag, or --all");
  }
  if (f->reason == NULL && !f->dry_run) {
    return cli_refuse(c, EXIT_USAGE, "It is kept in the audit table, for those who ask later.",
                      "say why: --reason TEXT");
  }
  int status = confirm_possible(c);
  if (status == 0) {
    status = cli_open_bundle(c);
  }
  if (status == 0) {
    status = cli_connect(c);
  }
  return status == 0 ? accept(c) : status;
}
