/* The splitter, the classifier of statements, the refusals and the directives, over any text.
 * Beside not crashing: statements lie in the text, in order, each begins and ends with a token, and
 * one that is cut out and split again is that one statement.
 *
 * Input: a byte of flags (1: a Drizzle folder, 2: the text begins as a directive), then the text.
 * */
#include <string.h>
#include <strings.h>

#include "alloc.h"
#include "fuzz.h"
#include "outside.h"
#include "refuse.h"
#include "split.h"
#include "utf8.h"

enum { DRIZZLE = 1, DIRECTIVE = 2 };

static source source_of(const char *bytes, size_t size)
{
  return (source){
      .path = alloc_string("f.sql", 5), .bytes = alloc_string(bytes, size), .size = size};
}

static size_t lines_before(const source *src, size_t end)
{
  size_t lines = 1;
  for (size_t i = 0; i < end; i++) {
    lines += src->bytes[i] == '\n';
  }
  return lines;
}

static void expect_sound(const source *src, const statement *st, size_t after)
{
  FUZZ_EXPECT(st->start >= after && st->start < st->end && st->end <= src->size);
  FUZZ_EXPECT(strchr(" \t\r\n\v\f;", src->bytes[st->start]) == NULL);
  FUZZ_EXPECT(!st->closed || src->bytes[st->end] == ';');
  FUZZ_EXPECT(st->line == lines_before(src, st->start));
  FUZZ_EXPECT(st->what.place >= st->start || st->what.kind == STATEMENT_PLAIN);
  FUZZ_EXPECT(st->what.place < st->end);
  if (st->what.kind == STATEMENT_COPY_IN) {
    FUZZ_EXPECT(st->data_start >= st->end && st->data_start <= st->data_end);
    FUZZ_EXPECT(st->data_end <= src->size);
    FUZZ_EXPECT(st->data_start == 0 || st->data_start == src->size ||
                src->bytes[st->data_start - 1] == '\n');
  }
}

/* On its own a statement is one statement: else the server would be sent two in one message, or
 * half of one. */
static void expect_whole(const source *src, const statement *st, bool drizzle)
{
  diag d = {0};
  script again;
  source alone = source_of(src->bytes + st->start, st->end - st->start);
  FUZZ_EXPECT(split(&again, &alone, drizzle, &d) == 0);
  FUZZ_EXPECT(again.count == 1);
  FUZZ_EXPECT(again.statements[0].start == 0 && !again.statements[0].closed);
  FUZZ_EXPECT(st->closed ? again.statements[0].end <= alone.size
                         : again.statements[0].end == alone.size);
  FUZZ_EXPECT(again.statements[0].what.kind == st->what.kind);
  script_free(&again);
  source_free(&alone);
  diag_free(&d);
}

/* Whether the text speaks of a setting that changes what a string is. */
static bool changes_strings(const source *src)
{
  for (size_t i = 0; i + 9 <= src->size; i++) {
    if (strncasecmp(src->bytes + i, "standard_", 9) == 0) {
      return true;
    }
  }
  return false;
}

static void split_text(const source *src, bool drizzle)
{
  diag d = {0};
  script cut;
  if (split(&cut, src, drizzle, &d) == 0) {
    bool cut_again = !changes_strings(src) && cut.count < 64;
    size_t after = 0;
    FUZZ_EXPECT(d.errors == 0);
    for (size_t i = 0; i < cut.count; i++) {
      expect_sound(src, &cut.statements[i], after);
      after = cut.statements[i].what.kind == STATEMENT_COPY_IN ? cut.statements[i].data_end
                                                               : cut.statements[i].end;
      if (cut_again) {
        expect_whole(src, &cut.statements[i], drizzle);
      }
    }
    FUZZ_EXPECT(cut.directives.lock_timeout_ms >= -1);
    FUZZ_EXPECT(cut.directives.statement_timeout_ms <= INT32_MAX);
    int judged = outside_applies(&cut, drizzle) ? outside_judge(&cut, src, drizzle, &d)
                                                : refuse_script(&cut, src, &d);
    FUZZ_EXPECT((judged == 0) == (d.errors == 0));
  } else {
    FUZZ_EXPECT(d.errors == 1);
  }
  script_free(&cut);
  diag_free(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const char directive[] = "-- embark: ";
  fuzz_input in = {data, size};
  uint8_t flags = fuzz_byte(&in);
  size_t before = (flags & DIRECTIVE) != 0 ? sizeof directive - 1 : 0;
  char *sql = alloc_bytes(before + in.size);
  if (before > 0) {
    memcpy(sql, directive, before);
  }
  if (in.size > 0) {
    memcpy(sql + before, in.data, in.size);
  }
  if (memchr(sql, '\0', before + in.size) == NULL &&
      utf8_check(sql, before + in.size) == before + in.size) {
    source src = source_of(sql, before + in.size);
    split_text(&src, (flags & DRIZZLE) != 0);
    source_free(&src);
  }
  free(sql);
  return 0;
}
