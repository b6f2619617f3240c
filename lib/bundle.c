/* bundle.c - holding a bundle to its word. Trusts the generated file for nothing but readable
 * memory; knows nothing of ledgers or servers. */
#include "bundle.h"

#include <inttypes.h>
#include <string.h>

#include "error.h"
#include "options.h"

#define DIGEST_LENGTH   64
#define STATEMENT_FLAGS 127u /* all that are defined */

static int refuse(embark_error *err, const embark_migration *m, const char *what)
{
  embark__error_set(err, EMBARK_E_BUNDLE, "the bundle is not usable: %s", what);
  if (m != NULL && m->tag != NULL && m->file != NULL) {
    embark__error_place(err, m);
  }
  embark__error_hint(err, "Generate it again with embark-bundle, and build the program anew.");
  return EMBARK_E_BUNDLE;
}

static int is_text(const char *text)
{
  return text != NULL && text[0] != '\0';
}

int embark__bundle_check(const embark_bundle *b, embark_error *err)
{
  if (b->format != EMBARK_BUNDLE_FORMAT) {
    embark__error_set(err, EMBARK_E_BUNDLE,
                      "the bundle has format %" PRIu32 ", this library reads %u", b->format,
                      EMBARK_BUNDLE_FORMAT);
    embark__error_hint(err, "Use an embark-bundle and a libembark of the same version.");
    return EMBARK_E_BUNDLE;
  }
  if (b->forbid > EMBARK_HAZARD_ALL) {
    return refuse(err, NULL, "it forbids an unknown hazard");
  }
  if (b->ledger < EMBARK_LEDGER_NATIVE || b->ledger > EMBARK_LEDGER_DRIZZLE_TAG) {
    return refuse(err, NULL, "unknown kind of ledger");
  }
  if (!is_text(b->component) || !is_text(b->ledger_schema) || !is_text(b->ledger_table) ||
      b->digest == NULL || strlen(b->digest) != DIGEST_LENGTH) {
    return refuse(err, NULL, "a name or its digest is missing");
  }
  if (strlen(b->ledger_schema) > EMBARK_NAME_MOST || strlen(b->ledger_table) > EMBARK_NAME_MOST) {
    return refuse(err, NULL, "a name of its ledger is longer than 63 bytes");
  }
  if (b->migration_count == 0) {
    return EMBARK_OK;
  }
  if (b->migrations == NULL || b->sql == NULL || (b->down_count > 0 && b->downs == NULL) ||
      (b->statement_count > 0 && b->statements == NULL)) {
    return refuse(err, NULL, "a table is missing");
  }
  if (b->migration_count > INT32_MAX) {
    return refuse(err, NULL, "too many migrations");
  }
  if (b->ledger != EMBARK_LEDGER_NATIVE && b->ledger_digest == NULL) {
    return refuse(err, NULL, "the digest of its ledger is missing");
  }
  return EMBARK_OK;
}

/* Whether [offset, offset + length) lies within the SQL. */
static int inside(const embark_bundle *b, uint64_t offset, uint64_t length)
{
  return offset <= b->sql_size && length <= b->sql_size - offset;
}

static int statement_is_sound(const embark_bundle *b, const embark_statement *s)
{
  if (s->length == 0 || s->line == 0 || s->flags > STATEMENT_FLAGS ||
      s->hazards > EMBARK_HAZARD_ALL || s->made_by > b->migration_count ||
      !inside(b, s->offset, s->length)) {
    return 0;
  }
  if (memchr(b->sql + s->offset, '\0', s->length) != NULL) {
    return 0; /* libpq would send the part before it, and the ledger would say that all is done */
  }
  /* The NUL of the last statement is the one behind the SQL, which sql_size does not count. */
  if (b->sql[s->offset + s->length] != '\0') {
    return 0;
  }
  return inside(b, s->data_offset, s->data_length);
}

/* How many strings, each ended by its NUL, the data of a statement is; 0 when the last has none. */
static unsigned count_names(const embark_bundle *b, const embark_statement *s)
{
  unsigned count = 0;
  if (s->data_length == 0 || b->sql[s->data_offset + s->data_length - 1] != '\0') {
    return 0;
  }
  for (uint64_t i = 0; i < s->data_length; i++) {
    count += b->sql[s->data_offset + i] == '\0';
  }
  return count;
}

/* What a NO_TRANSACTION migration says of its statements, for a run that finds it interrupted. */
static int outside_is_sound(const embark_bundle *b, const embark_migration *m)
{
  if (m->marks == NULL || strlen(m->marks) != (size_t)m->statement_count * EMBARK_MARK_LENGTH) {
    return 0;
  }
  for (uint32_t i = 0; i < m->statement_count; i++) {
    const embark_statement *s = &b->statements[m->first_statement + i];
    unsigned names = (s->flags & EMBARK_STATEMENT_INDEX) != 0  ? 2
                     : (s->flags & EMBARK_STATEMENT_DROP) != 0 ? 1
                                                               : 0;
    if (names > 0 && count_names(b, s) != names) {
      return 0;
    }
  }
  return 1;
}

/* Name, place and statements: what migrations have and their downs, too. */
static int validate_script(const embark_bundle *b, const embark_migration *m, embark_error *err)
{
  if (!is_text(m->tag) || !is_text(m->file)) {
    return refuse(err, NULL, "a migration has no name");
  }
  if (m->first_statement > b->statement_count ||
      m->statement_count > b->statement_count - m->first_statement ||
      !inside(b, m->sql_offset, m->sql_length)) {
    return refuse(err, m, "a migration lies outside of it");
  }
  for (uint32_t i = 0; i < m->statement_count; i++) {
    if (!statement_is_sound(b, &b->statements[m->first_statement + i])) {
      return refuse(err, m, "a statement lies outside of it");
    }
  }
  return EMBARK_OK;
}

/* What reverts a migration has no digests: nothing is recorded of it. */
static int validate_down(const embark_bundle *b, const embark_migration *m, embark_error *err)
{
  if (m->down == 0) {
    return EMBARK_OK;
  }
  if (m->down > b->down_count) {
    return refuse(err, m, "a down file lies outside of it");
  }
  const embark_migration *down = &b->downs[m->down - 1];
  int code = validate_script(b, down, err);
  if (code == EMBARK_OK && strcmp(down->tag, m->tag) != 0) {
    code = refuse(err, m, "a down file is another migration's");
  }
  if (code == EMBARK_OK && (down->flags & EMBARK_MIGRATION_NO_TRANSACTION) != 0) {
    code = refuse(err, down, "a down file has no transaction");
  }
  return code;
}

static int validate_migration(const embark_bundle *b, const embark_migration *m, embark_error *err)
{
  int code = validate_script(b, m, err);
  if (code != EMBARK_OK) {
    return code;
  }
  if (m->hash == NULL || strlen(m->hash) != DIGEST_LENGTH || m->chain == NULL ||
      strlen(m->chain) != DIGEST_LENGTH) {
    return refuse(err, m, "a migration has no digest");
  }
  if ((m->flags & EMBARK_MIGRATION_NO_TRANSACTION) != 0 && !outside_is_sound(b, m)) {
    return refuse(err, m, "the marks of its statements are missing");
  }
  return validate_down(b, m, err);
}

int embark__bundle_validate(const embark_bundle *b, embark_error *err)
{
  for (uint32_t i = 0; i < b->migration_count; i++) {
    int code = validate_migration(b, &b->migrations[i], err);
    if (code != EMBARK_OK) {
      return code;
    }
  }
  return EMBARK_OK;
}

static int starts_character(unsigned char byte)
{
  return (byte & 0xc0u) != 0x80u;
}

/* `start`, or where the last of these files begins that begins no later than `offset`. */
static uint64_t last_start(const embark_migration *files, uint32_t count, uint64_t offset,
                           uint64_t start)
{
  for (uint32_t i = 0; i < count; i++) {
    uint64_t at = files[i].sql_offset;
    if (at <= offset && at > start) {
      start = at;
    }
  }
  return start;
}

/* Where the text of the file that holds the statement begins. */
static uint64_t file_start(const embark_bundle *b, const embark_statement *s)
{
  return last_start(b->downs, b->down_count, s->offset,
                    last_start(b->migrations, b->migration_count, s->offset, 0));
}

/* In which column, from 0, the statement's first character stands. The file before may lack a final
 * line feed. */
static uint32_t first_column(const embark_bundle *b, const embark_statement *s)
{
  uint64_t start = file_start(b, s);
  uint32_t column = 0;
  for (uint64_t at = s->offset; at > start && b->sql[at - 1] != '\n'; at--) {
    column += (uint32_t)starts_character(b->sql[at - 1]);
  }
  return column;
}

void embark__bundle_position(const embark_bundle *b, const embark_statement *s, size_t position,
                             uint32_t *line, uint32_t *column)
{
  const unsigned char *text = b->sql + s->offset;
  size_t left = position;
  *line = s->line;
  *column = first_column(b, s) + 1;
  for (uint64_t i = 0; i < s->length; i++) {
    if (starts_character(text[i]) && left-- <= 1) {
      return;
    }
    if (text[i] == '\n') {
      *line += 1;
      *column = 1;
    } else {
      *column += (uint32_t)starts_character(text[i]);
    }
  }
}

const char *embark__bundle_text(const embark_bundle *b, const embark_statement *s)
{
  return (const char *)b->sql + s->offset;
}

uint32_t embark__bundle_number(const embark_migration *m, uint32_t index)
{
  return index - m->first_statement + 1;
}

void embark__bundle_place(const embark_bundle *b, const embark_migration *m, uint32_t index,
                          size_t position, embark_error *err)
{
  embark__error_place(err, m);
  err->statement = embark__bundle_number(m, index);
  embark__bundle_position(b, &b->statements[index], position, &err->line, &err->column);
  if (position == 0) {
    err->column = 0;
  }
}
