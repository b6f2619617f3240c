/* history.c - one STATUS, counted. */
#include "history.h"

#include "drive.h"

int history_read(history *h, cli *c, embark_error *err)
{
  embark_options options = cli_run_options(c);
  options.target = NULL;
  options.steps = 0;
  options.flags = 0;
  *h = (history){0};
  int code = drive(c, EMBARK_STATUS, options, NULL, &h->run, err);
  if (code != EMBARK_OK) {
    return code;
  }
  h->count = embark_run_entries(h->run, &h->entries);
  for (size_t i = 0; i < h->count; i++) {
    h->of[h->entries[i].state % STATE_WORDS]++;
    h->late += h->entries[i].is_late != 0;
  }
  return EMBARK_OK;
}

void history_free(history *h)
{
  embark_run_free(h->run);
  *h = (history){0};
}

const embark_migration *history_migration(const cli *c, const embark_entry *e)
{
  return e->migration < c->bundle->migration_count ? &c->bundle->migrations[e->migration] : NULL;
}

int history_exit(const history *h)
{
  size_t pending = h->of[EMBARK_STATE_PENDING] + h->of[EMBARK_STATE_RUNNING];
  bool is_split = h->of[EMBARK_STATE_UNKNOWN] > 0 && pending > 0;
  if (h->of[EMBARK_STATE_CHANGED] > 0 || h->of[EMBARK_STATE_MISSING] > 0 || h->late > 0 ||
      is_split) {
    return EXIT_DRIFT;
  }
  return pending > 0 ? EXIT_PENDING : EXIT_DONE;
}
