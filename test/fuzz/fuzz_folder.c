/* The reader of folders: Drizzle's journal, the bytes of files, and the whole way to a bundle.
 * Beside not crashing: what it accepts the library accepts too, and what it refuses it gives a
 * reason for.
 *
 * Input: a byte of flags (1: no journal, so a plain folder; 2: --strict; 12: the kind of ledger, 0:
 * the layout's), the journal, a byte 0xff (in no UTF-8), one file's text, another 0xff, another
 * file's; and after one more, that of a file that reverts the second. */
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "bundle.h"
#include "fuzz.h"
#include "layout.h"
#include "loaded.h"

enum { PLAIN = 1, STRICT = 2, LEDGER_SHIFT = 2 };

static char dir[] = "/tmp/embark-fuzz-XXXXXX";
static const char *const names[] = {"0000_a.sql", "0001_b.sql", "0001_b.down.sql"};

static void clean_up(void)
{
  char *meta = alloc_path(dir, "meta"), *journal = alloc_path(dir, LAYOUT_JOURNAL);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    char *path = alloc_path(dir, names[i]);
    unlink(path);
    free(path);
  }
  unlink(journal);
  rmdir(meta);
  rmdir(dir);
  free(meta);
  free(journal);
}

static void set_up(void)
{
  char *meta = NULL;
  /* In memory, where there is such a place: every input writes files. */
  if (access("/dev/shm", W_OK) == 0) {
    memcpy(dir, "/dev/shm/em-fuzz-XXXXXX", sizeof dir);
  }
  FUZZ_EXPECT(mkdtemp(dir) != NULL);
  meta = alloc_path(dir, "meta");
  FUZZ_EXPECT(mkdir(meta, 0700) == 0 && atexit(clean_up) == 0);
  free(meta);
}

static void put(const char *name, const uint8_t *data, size_t size)
{
  char *path = alloc_path(dir, name);
  FILE *file = fopen(path, "wb");
  FUZZ_EXPECT(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
  free(path);
}

static void take_away(const char *name)
{
  char *path = alloc_path(dir, name);
  unlink(path);
  free(path);
}

/* What lies before the next 0xff. */
static fuzz_input take_part(fuzz_input *in)
{
  const uint8_t *end = in->size > 0 ? memchr(in->data, 0xff, in->size) : NULL;
  fuzz_input part = {in->data, end != NULL ? (size_t)(end - in->data) : in->size};
  size_t used = part.size + (end != NULL);
  in->data += used;
  in->size -= used;
  return part;
}

static void expect_usable(const embark_bundle *b)
{
  embark_error err;
  FUZZ_EXPECT(embark__bundle_check(b, &err) == EMBARK_OK);
  FUZZ_EXPECT(embark__bundle_validate(b, &err) == EMBARK_OK);
  for (uint32_t i = 0; i < b->migration_count; i++) {
    const embark_migration *m = &b->migrations[i];
    FUZZ_EXPECT(m->down <= b->down_count && strlen(m->outline) == EMBARK_OUTLINE_LENGTH);
    FUZZ_EXPECT(m->down == 0 || strcmp(b->downs[m->down - 1].tag, m->tag) == 0);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static bool is_set_up;
  fuzz_input in = {data, size};
  uint8_t flags = fuzz_byte(&in);
  fuzz_input journal = take_part(&in);
  diag d = {0};
  loaded l;
  pack_options options = {.component = "main",
                          .adopt = EMBARK_ADOPT_REFUSE,
                          .ledger = (embark_ledger)(flags >> LEDGER_SHIFT & 3),
                          .strict = (flags & STRICT) != 0};
  if (!is_set_up) {
    set_up();
    is_set_up = true;
  }
  if ((flags & PLAIN) != 0) {
    take_away(LAYOUT_JOURNAL);
  } else {
    put(LAYOUT_JOURNAL, journal.data, journal.size);
  }
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (i == 2 && in.size == 0) {
      take_away(names[i]); /* most inputs are of a time before it */
      break;
    }
    fuzz_input part = take_part(&in);
    put(names[i], part.data, part.size);
  }
  if (loaded_build(&l, dir, &options, &d) == 0) {
    FUZZ_EXPECT(d.errors == 0);
    expect_usable(loaded_bundle(&l));
  } else {
    FUZZ_EXPECT(d.errors > 0 && d.out.size > 0);
  }
  loaded_free(&l);
  diag_free(&d);
  return 0;
}
