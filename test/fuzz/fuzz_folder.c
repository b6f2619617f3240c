/* The reader of folders: Drizzle's journal, the bytes of files, and the whole way to a bundle.
 * Beside not crashing: what it accepts the library accepts too, and what it refuses it gives a
 * reason for.
 *
 * Input: a byte of flags (1: no journal, so a plain folder; 2: --strict; 12: the kind of ledger, 0:
 * the layout's), the journal, a byte 0xff (in no UTF-8), one file's text, another 0xff, another
 * file's. */
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "bundle.h"
#include "fuzz.h"
#include "layout.h"
#include "pack.h"

enum { PLAIN = 1, STRICT = 2, LEDGER_SHIFT = 2 };

static char dir[] = "/tmp/embark-fuzz-XXXXXX";
static const char *const names[] = {"0000_a.sql", "0001_b.sql"};

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

/* The bundle as the generated file would have it, but for what is not looked at by a check. */
static void expect_usable(const pack *p)
{
  embark_error err;
  size_t count = p->migrations.count;
  embark_migration *list = calloc(count + 1, sizeof *list);
  FUZZ_EXPECT(list != NULL);
  for (size_t i = 0; i < count; i++) {
    const migration *m = &p->migrations.items[i];
    list[i] = (embark_migration){.tag = m->tag,
                                 .file = m->file,
                                 .hash = m->hash.hex,
                                 .chain = m->chain.hex,
                                 .sql_offset = p->slots[i].sql_offset,
                                 .sql_length = p->slots[i].sql_length,
                                 .first_statement = (uint32_t)p->slots[i].first_statement,
                                 .statement_count = (uint32_t)m->script.count};
  }
  embark_bundle bundle = {.format = EMBARK_BUNDLE_FORMAT,
                          .component = p->options.component,
                          .ledger = p->options.ledger,
                          .adopt = p->options.adopt,
                          .ledger_schema = p->options.ledger_schema,
                          .ledger_table = p->options.ledger_table,
                          .digest = p->digest.hex,
                          .ledger_digest = p->ledger_digest.hex,
                          .sql = (const unsigned char *)text_string(&p->sql),
                          .sql_size = p->sql.size,
                          .migrations = list,
                          .statements = p->statements,
                          .migration_count = (uint32_t)count,
                          .statement_count = (uint32_t)p->statement_count};
  FUZZ_EXPECT(embark__bundle_check(&bundle, &err) == EMBARK_OK);
  FUZZ_EXPECT(embark__bundle_validate(&bundle, &err) == EMBARK_OK);
  free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static bool is_set_up;
  fuzz_input in = {data, size};
  uint8_t flags = fuzz_byte(&in);
  fuzz_input journal = take_part(&in);
  diag d = {0};
  pack p;
  pack_options options = {.component = "main",
                          .adopt = EMBARK_ADOPT_REFUSE,
                          .ledger = (embark_ledger)(flags >> LEDGER_SHIFT & 3),
                          .strict = (flags & STRICT) != 0};
  if (!is_set_up) {
    set_up();
    is_set_up = true;
  }
  if ((flags & PLAIN) != 0) {
    char *path = alloc_path(dir, LAYOUT_JOURNAL);
    unlink(path);
    free(path);
  } else {
    put(LAYOUT_JOURNAL, journal.data, journal.size);
  }
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    fuzz_input part = take_part(&in);
    put(names[i], part.data, part.size);
  }
  if (pack_build(&p, dir, &options, &d) == 0) {
    FUZZ_EXPECT(d.errors == 0);
    expect_usable(&p);
  } else {
    FUZZ_EXPECT(d.errors > 0 && d.out.size > 0);
  }
  pack_free(&p);
  diag_free(&d);
  return 0;
}
