/* compare FOLDER|FILE... [--nasty FIRST COUNT]: does our splitter cut SQL as psql does, and as
 * PostgreSQL's own scanner (libpg_query's split, where it was built in)? Prints each difference
 * that docs/splitter.md does not account for; the last line is the sum.
 *
 * Before either sees a file, lines that begin with a psql command (\echo, \quit ...) are made
 * empty: they are no SQL, and we refuse them. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "folder.h"
#include "fuzz.h"
#include "nasty.h"
#include "psql.h"
#include "split.h"

#ifdef WITH_PG_QUERY
#include <pg_query.h>
#endif

enum { BATCH = 40 };

typedef struct item {
  char *name; /* to be printed */
  char *path; /* of the copy that psql is given */
  source src;
} item;

typedef struct totals {
  size_t files, refused, unreadable, statements, copies;
  size_t psql_same, psql_known, psql_other;
  size_t scanned, scanner_same, scanner_known, scanner_other;
} totals;

static char dir[] = "/tmp/embark-split-XXXXXX";
static totals sum;
static bool with_psql = true;

/* --- what is compared ------------------------------------------------------------------------- */

/* Where the white space and comments that the text begins with end. */
static const char *skip_blank(const char *at, const char *end)
{
  while (at < end) {
    if (strchr(" \t\r\n\v\f", *at) != NULL) {
      at++;
    } else if (end - at >= 2 && at[0] == '-' && at[1] == '-') {
      at += strcspn(at, "\r\n");
    } else if (end - at >= 2 && at[0] == '/' && at[1] == '*') {
      size_t depth = 0;
      do {
        bool opens = at[0] == '/' && at[1] == '*', closes = at[0] == '*' && at[1] == '/';
        depth += opens;
        depth -= closes;
        at += opens || closes ? 2 : 1;
      } while (depth > 0 && at + 1 < end);
    } else {
      break;
    }
  }
  return at < end ? at : end;
}

/* How many bytes of `sql` are the statement; 0 when it is another. psql leaves empty lines out, so
 * runs of line feeds are all the same length. */
static size_t match(const source *src, const statement *st, const char *sql, const char *end)
{
  const char *at = sql;
  for (size_t i = st->start; i < st->end; i++) {
    bool again = src->bytes[i] == '\n' && i > st->start && src->bytes[i - 1] == '\n';
    if (at < end && *at == src->bytes[i]) {
      at++;
    } else if (!again) {
      return 0;
    }
  }
  return (size_t)(at - sql);
}

/* A text that begins with our statement and has nothing but blanks and its semicolon behind it. */
static bool is_statement(const source *src, const statement *st, const char *sql, size_t size)
{
  const char *end = sql + size, *at = skip_blank(sql, end);
  size_t length = match(src, st, at, end);
  if (length == 0) {
    return false;
  }
  at = skip_blank(at + length, end);
  if (at < end && *at == ';') {
    at = skip_blank(at + 1, end);
  }
  return at == end;
}

static bool is_blank(const char *sql, size_t size)
{
  const char *end = sql + size, *at = skip_blank(sql, end);
  return at == end || (*at == ';' && skip_blank(at + 1, end) == end);
}

static void show(const item *it, const char *who, size_t index, const char *ours, size_t our_size,
                 const char *theirs)
{
  printf("%s: %s and we differ from statement %zu on\n  ours:   %.*s\n  theirs: %.300s\n", it->name,
         who, index + 1, (int)(our_size < 300 ? our_size : 300), ours, theirs);
}

/* --- psql ------------------------------------------------------------------------------------- */

static bool has_byte(const source *src, token t, char byte)
{
  return memchr(src->bytes + t.start, byte, t.end - t.start) != NULL;
}

/* 1e- and 1e+ are bad numbers to both, which take more or less of what follows. */
static bool is_bad_exponent(const source *src, token t)
{
  return t.kind == TOKEN_NUMBER && (src->bytes[t.end - 1] | 0x20) == 'e' &&
         (src->bytes[t.end] == '-' || src->bytes[t.end] == '+');
}

/* Where psql is known to cut elsewhere, and wrongly, as docs/splitter.md says: an E'' string that
 * goes on in the next line, a word BEGIN in CREATE FUNCTION that begins no body, a variable's name
 * with a dollar in it, a number without its exponent. */
static bool is_beyond_psql(const source *src, const statement *st)
{
  lexer lx = {.text = src->bytes, .size = st->end, .at = st->start, .std_strings = true};
  bool beyond = false, colon = false;
  size_t begins = 0, functions = 0;
  for (token t = lex_next(&lx); t.kind != TOKEN_END && t.kind != TOKEN_OPEN; t = lex_next(&lx)) {
    bool escapes = t.kind == TOKEN_STRING && (src->bytes[t.start] | 0x20) == 'e';
    beyond = beyond || (escapes && has_byte(src, t, '\n')) || is_bad_exponent(src, t) ||
             (colon && t.kind == TOKEN_WORD && has_byte(src, t, '$'));
    begins += token_is(src->bytes, t, "begin");
    functions += token_is(src->bytes, t, "function") || token_is(src->bytes, t, "procedure");
    colon = token_is(src->bytes, t, ":");
  }
  return beyond || (begins > 0 && functions > 0);
}

static bool same_data(const source *src, const statement *st, const psql_query *q)
{
  if (st->what.kind != STATEMENT_COPY_IN || q->data == NULL) {
    return st->what.kind != STATEMENT_COPY_IN && q->data == NULL;
  }
  size_t size = st->data_end - st->data_start;
  sum.copies++;
  if (q->data_size < size || memcmp(q->data, src->bytes + st->data_start, size) != 0) {
    return false;
  }
  /* psql sends the \. too, before version 18, and the line feed that a file's last line lacks. */
  const char *rest = q->data + size;
  return strcmp(rest, "") == 0 || strcmp(rest, "\n") == 0 || strcmp(rest, "\\.") == 0 ||
         strcmp(rest, "\\.\n") == 0 || strcmp(rest, "\\.\r\n") == 0;
}

static void compare_psql(const item *it, const script *cut, const psql_said *said)
{
  size_t ours = 0;
  for (size_t i = 0; i < said->count; i++) {
    const psql_query *q = &said->queries[i];
    if (is_blank(q->text, strlen(q->text))) {
      continue;
    }
    const statement *st = ours < cut->count ? &cut->statements[ours] : NULL;
    if (st == NULL || !is_statement(&it->src, st, q->text, strlen(q->text)) ||
        !same_data(&it->src, st, q)) {
      if (st != NULL && is_beyond_psql(&it->src, st)) {
        sum.psql_known++;
        return;
      }
      sum.psql_other++;
      show(it, "psql", ours, st != NULL ? it->src.bytes + st->start : "(nothing)",
           st != NULL ? st->end - st->start : 9, q->text);
      return;
    }
    ours++;
  }
  if (ours < cut->count) {
    sum.psql_other++;
    show(it, "psql", ours, it->src.bytes + cut->statements[ours].start,
         cut->statements[ours].end - cut->statements[ours].start, "(nothing)");
    return;
  }
  sum.psql_same++;
}

/* --- PostgreSQL's scanner --------------------------------------------------------------------- */

#ifdef WITH_PG_QUERY
/* The scanner's split knows nothing of COPY data nor of bodies, ends a statement only behind a
 * keyword, does not forgive a closing parenthesis too many, and gives up at a bad number. */
static bool is_beyond_scanner(const source *src, const statement *st)
{
  lexer lx = {.text = src->bytes, .size = st->end, .at = st->start, .std_strings = true};
  token t = lex_next(&lx);
  long depth = 0;
  bool beyond = st->what.kind == STATEMENT_COPY_IN || t.kind != TOKEN_WORD;
  for (; t.kind != TOKEN_END && t.kind != TOKEN_OPEN && !beyond; t = lex_next(&lx)) {
    depth += token_is(src->bytes, t, "(");
    depth -= token_is(src->bytes, t, ")");
    beyond = depth < 0 || token_is(src->bytes, t, "atomic") ||
             (t.kind == TOKEN_NUMBER && memchr(src->bytes + t.start, '$', t.end - t.start) != NULL);
  }
  return beyond;
}

/* How many statements it can be asked about: from the first that is beyond it on it is out of step.
 * */
static size_t count_known(const source *src, const script *cut)
{
  size_t count = 0;
  while (count < cut->count && !is_beyond_scanner(src, &cut->statements[count])) {
    count++;
  }
  return count;
}

static bool is_bad_number(const PgQuerySplitResult *r)
{
  return r->error != NULL && strncmp(r->error->message, "trailing junk after", 19) == 0;
}

static void compare_scanner(const item *it, const script *cut)
{
  size_t known = count_known(&it->src, cut);
  PgQuerySplitResult r = pg_query_split_with_scanner(it->src.bytes);
  bool same = r.error == NULL;
  size_t ours = 0;
  for (int i = 0; i < r.n_stmts && same; i++) {
    const char *sql = it->src.bytes + r.stmts[i]->stmt_location;
    size_t size = (size_t)r.stmts[i]->stmt_len;
    if (is_blank(sql, size)) {
      continue;
    }
    same = ours < cut->count && is_statement(&it->src, &cut->statements[ours], sql, size);
    ours += same;
  }
  sum.scanned += ours;
  same = same && ours == cut->count;
  if (same) {
    sum.scanner_same++;
  } else if (ours >= known || (r.error != NULL && known < cut->count) || is_bad_number(&r)) {
    sum.scanner_known++;
  } else {
    const statement *st = ours < cut->count ? &cut->statements[ours] : NULL;
    sum.scanner_other++;
    show(it, "PostgreSQL's scanner", ours, st != NULL ? it->src.bytes + st->start : "(nothing)",
         st != NULL ? st->end - st->start : 9,
         r.error != NULL ? r.error->message : "(another cut)");
  }
  pg_query_free_split_result(r);
}
#else
static void compare_scanner(const item *it, const script *cut)
{
  (void)it;
  (void)cut;
}
#endif

/* --- files ------------------------------------------------------------------------------------ */

static void blank_commands(source *src)
{
  for (size_t at = 0; at < src->size; at++) {
    bool starts_line = at == 0 || src->bytes[at - 1] == '\n';
    if (starts_line && src->bytes[at] == '\\' && src->bytes[at + 1] >= 'a' &&
        src->bytes[at + 1] <= 'z') {
      for (; at < src->size && src->bytes[at] != '\n' && src->bytes[at] != '\r'; at++) {
        src->bytes[at] = ' ';
      }
    }
  }
}

static void write_copy(item *it, size_t index)
{
  char name[32];
  snprintf(name, sizeof name, "%zu.sql", index);
  it->path = alloc_path(dir, name);
  FILE *file = fopen(it->path, "wb");
  FUZZ_EXPECT(file != NULL && fwrite(it->src.bytes, 1, it->src.size, file) == it->src.size);
  FUZZ_EXPECT(fclose(file) == 0);
}

static void compare_item(const item *it, const psql_said *said)
{
  script cut;
  diag d = {0};
  sum.files++;
  if (split(&cut, &it->src, false, &d) != 0) {
    sum.refused++; /* open quotes and such: nothing is cut, so nothing can be cut wrongly */
  } else {
    sum.statements += cut.count;
    if (with_psql) {
      compare_psql(it, &cut, said);
    }
    compare_scanner(it, &cut);
  }
  script_free(&cut);
  diag_free(&d);
}

static item batch[BATCH];
static size_t batched;

static void flush_batch(void)
{
  const char *paths[BATCH];
  psql_said said[BATCH] = {0};
  for (size_t i = 0; i < batched; i++) {
    write_copy(&batch[i], i);
    paths[i] = batch[i].path;
  }
  if (with_psql && batched > 0) {
    psql_read(said, paths, batched);
  }
  for (size_t i = 0; i < batched; i++) {
    compare_item(&batch[i], &said[i]);
    psql_free(&said[i]);
    unlink(batch[i].path);
    free(batch[i].path);
    free(batch[i].name);
    source_free(&batch[i].src);
  }
  batched = 0;
}

static void add(const char *name, source src)
{
  blank_commands(&src);
  batch[batched++] = (item){.name = alloc_string(name, strlen(name)), .src = src};
  if (batched == BATCH) {
    flush_batch();
  }
}

static void add_path(const char *path)
{
  struct stat st;
  diag d = {0};
  folder f = {0};
  source src = {0};
  if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && folder_read(&f, path, &d) == 0) {
    for (size_t i = 0; i < f.count; i++) {
      char *inside = alloc_path(path, f.entries[i].name);
      if (f.entries[i].is_folder || name_ends_with(f.entries[i].name, ".sql")) {
        add_path(inside);
      }
      free(inside);
    }
  } else if (S_ISREG(st.st_mode)) {
    if (source_read(&src, path, &d) == 0) {
      add(path, src);
    } else {
      sum.unreadable++; /* no UTF-8 */
      source_free(&src);
    }
  }
  folder_free(&f);
  diag_free(&d);
}

static void add_nasty(uint32_t first, uint32_t count)
{
  for (uint32_t seed = first; seed < first + count; seed++) {
    char name[32];
    source src = {.path = alloc_string("nasty", 5)};
    snprintf(name, sizeof name, "nasty %u", (unsigned)seed);
    src.bytes = nasty_make(seed, &src.size);
    add(name, src);
  }
}

int main(int argc, char **argv)
{
  FUZZ_EXPECT(mkdtemp(dir) != NULL);
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--nasty") == 0 && i + 2 < argc) {
      add_nasty((uint32_t)strtoul(argv[i + 1], NULL, 10), (uint32_t)strtoul(argv[i + 2], NULL, 10));
      i += 2;
    } else if (strcmp(argv[i], "--no-psql") == 0) {
      with_psql = false;
    } else if (strcmp(argv[i], "--show") == 0 && i + 1 < argc) {
      size_t size = 0;
      char *sql = nasty_make((uint32_t)strtoul(argv[++i], NULL, 10), &size);
      fwrite(sql, 1, size, stdout);
      free(sql);
    } else {
      add_path(argv[i]);
    }
  }
  flush_batch();
  rmdir(dir);
  printf("%zu files, %zu statements, %zu COPY data; %zu files are refused, %zu are no UTF-8\n",
         sum.files, sum.statements, sum.copies, sum.refused, sum.unreadable);
  printf("psql: %zu the same, %zu differ as is known, %zu otherwise\n", sum.psql_same,
         sum.psql_known, sum.psql_other);
#ifdef WITH_PG_QUERY
  printf(
      "PostgreSQL's scanner: %zu the same, %zu differ as is known, %zu otherwise; %zu statements\n",
      sum.scanner_same, sum.scanner_known, sum.scanner_other, sum.scanned);
#else
  printf("PostgreSQL's scanner: not asked, libpg_query was not there when this was built\n");
#endif
  size_t other = sum.psql_other + sum.scanner_other;
  printf("split: %zu passed, %zu failed\n", sum.psql_same + sum.scanner_same, other);
  return other > 0;
}
