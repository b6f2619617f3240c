/* Bundles that no bundler made, held to their word; and what passes for sound, used: every
 * statement and its data read to its end, places looked up, a plan made from some ledger and walked
 * through. What a generated file cannot get wrong is left alone: strings end, and arrays are as
 * long as their counts say at most.
 *
 * Input: counts of migrations and statements, the other fields of the bundle, each migration, each
 * statement, the ledger's rows; at the end, the SQL. */
#include <string.h>

#include "bundle.h"
#include "fuzz.h"
#include "sequence.h"

enum { MOST = 6, MOST_MESSAGES = 400 };

#define DIGEST(c) c c c c c c c c c c c c c c c c

static const char *pick_name(fuzz_input *in)
{
  static const char *const names[] = {"main", "0000_a", "0001_b",   "t\xc3\xa4g \"'%s",
                                      "",     NULL,     "\xff\xfe", DIGEST("long") DIGEST("long")};
  return names[fuzz_byte(in) % 8];
}

static const char *pick_digest(fuzz_input *in)
{
  static const char *const digests[] = {DIGEST("a0b1"),
                                        DIGEST("c2d3"),
                                        DIGEST("e4f5"),
                                        DIGEST("0617"),
                                        DIGEST("long") "x",
                                        "short",
                                        "",
                                        NULL};
  return digests[fuzz_byte(in) % 8];
}

/* Small ones mostly, and such as are near the ends of their type. */
static uint64_t pick_size(fuzz_input *in)
{
  uint8_t byte = fuzz_byte(in);
  return byte < 240 ? byte : byte < 250 ? UINT64_MAX - fuzz_byte(in) : fuzz_number(in, 8);
}

static void make_migration(embark_migration *m, fuzz_input *in)
{
  static const char *const marks[] = {NULL, "", "0123456789abcdef", DIGEST("0123")};
  static const char *const others[] = {DIGEST("c2d3"), "", NULL};
  uint8_t kind = fuzz_byte(in);
  *m = (embark_migration){.tag = pick_name(in),
                          .file = pick_name(in),
                          .hash = pick_digest(in),
                          .chain = pick_digest(in),
                          .other_hashes = (kind & 1) != 0 ? others : NULL,
                          .marks = marks[kind >> 1 & 3],
                          .when_ms = (int64_t)pick_size(in),
                          .sql_offset = pick_size(in),
                          .sql_length = pick_size(in),
                          .first_statement = (uint32_t)pick_size(in),
                          .statement_count = (uint32_t)pick_size(in),
                          .flags = kind >> 3 & 7u};
}

static void make_statement(embark_statement *s, fuzz_input *in)
{
  *s = (embark_statement){.offset = pick_size(in),
                          .length = pick_size(in),
                          .data_offset = pick_size(in),
                          .data_length = pick_size(in),
                          .line = (uint32_t)pick_size(in),
                          .flags = (uint16_t)pick_size(in)};
}

/* From bytes that are read once more as SQL, so that older inputs keep their meaning. Few are none
 * that a bundle may have. */
static void make_hazards(embark_statement *s, uint32_t migrations, fuzz_input *in)
{
  unsigned hazards = fuzz_byte(in), made_by = fuzz_byte(in);
  s->hazards = (uint16_t)(hazards % 16 == 15 ? 64 + hazards : hazards % 64);
  s->made_by = made_by % 16 == 15 ? migrations + 1 : made_by % (migrations + 1);
}

/* --- using what passed ------------------------------------------------------------------------ */

static unsigned read_statement(const embark_bundle *b, const embark_statement *s)
{
  unsigned sum = 0;
  uint32_t line = 0, column = 0;
  FUZZ_EXPECT(strlen((const char *)b->sql + s->offset) == s->length);
  for (uint64_t i = 0; i < s->data_length; i++) {
    sum += b->sql[s->data_offset + i];
  }
  for (size_t position = 0; position < s->length + 2; position += 3) {
    embark__bundle_position(b, s, position, &line, &column);
    FUZZ_EXPECT(line - s->line <= s->length && column > 0); /* a line near 2^32 may wrap */
  }
  return sum;
}

static void read_all(const embark_bundle *b)
{
  unsigned sum = 0;
  for (uint32_t i = 0; i < b->migration_count; i++) {
    const embark_migration *m = &b->migrations[i];
    FUZZ_EXPECT(strlen(m->hash) == 64 && strlen(m->chain) == 64 && m->tag[0] != '\0');
    for (uint32_t j = 0; j < m->statement_count; j++) {
      sum += read_statement(b, &b->statements[m->first_statement + j]);
    }
  }
  FUZZ_EXPECT(sum < UINT32_MAX);
}

static void walk(const embark__plan *plan)
{
  embark__cursor c;
  unsigned messages = 0;
  for (embark__cursor_start(&c, plan, 15); c.at.kind != MSG_END; embark__cursor_next(&c)) {
    FUZZ_EXPECT(++messages < MOST_MESSAGES + 300 * MOST);
    if (c.at.kind == MSG_STATEMENT || c.at.kind == MSG_COPY) {
      FUZZ_EXPECT(c.at.statement < plan->bundle->statement_count);
    }
  }
}

/* What is refused is a statement of one of the steps. */
static void read_refusal(const embark__plan *plan, const embark__situation *now,
                         const embark_error *err)
{
  uint32_t i = 0;
  while (i < plan->step_count && !plan->steps[i].forbidden) {
    i++;
  }
  FUZZ_EXPECT(i < plan->step_count && now->forbid != 0 && err->message[0] != '\0');
  const embark_migration *m = embark__plan_script(plan, i);
  FUZZ_EXPECT(err->statement > 0 && err->statement <= m->statement_count);
  FUZZ_EXPECT((plan->steps[i].hazards & now->forbid) != 0);
}

static void plan_some(const embark_bundle *b, fuzz_input *in)
{
  embark__plan plan;
  embark_error err;
  FUZZ_EXPECT(embark__plan_init(&plan, b, NULL) == EMBARK_OK);
  for (unsigned rows = fuzz_byte(in) % 8; rows > 0; rows--) {
    embark__row row = {.tag = pick_name(in),
                       .hash = pick_digest(in),
                       .state = (fuzz_byte(in) & 1) != 0 ? "applied" : NULL,
                       .chain = pick_digest(in),
                       .position = (int64_t)pick_size(in),
                       .when_ms = (int64_t)pick_size(in),
                       .has_when = fuzz_byte(in) & 1};
    FUZZ_EXPECT(embark__plan_row(&plan, &row) == EMBARK_OK);
  }
  embark__situation now = {.op = (embark_op)(1 + fuzz_byte(in) % 3),
                           .flags = fuzz_byte(in) & EMBARK_OUT_OF_ORDER,
                           .adopt = (embark_adopt)(1 + fuzz_byte(in) % 2),
                           .has_ledger = fuzz_byte(in) & 1,
                           .has_tables = fuzz_byte(in) & 1};
  const char *const approved[] = {pick_name(in), NULL};
  now.forbid = fuzz_byte(in) % 64;
  now.approved = approved;
  int code = embark__plan_decide(&plan, &now, &err);
  if (code == EMBARK_E_FORBIDDEN) {
    read_refusal(&plan, &now, &err);
  } else if (code == EMBARK_OK && plan.step_count > 0) {
    walk(&plan);
  }
  embark__plan_free(&plan);
}

static embark_bundle bundle_of(fuzz_input *in)
{
  return (embark_bundle){.format = fuzz_byte(in) % 8 == 7 ? 0 : EMBARK_BUNDLE_FORMAT,
                         .component = pick_name(in),
                         .ledger = (embark_ledger)(1 + fuzz_byte(in) % 4),
                         .adopt = (embark_adopt)(fuzz_byte(in) % 4),
                         .ledger_schema = pick_name(in),
                         .ledger_table = pick_name(in),
                         .digest = pick_digest(in),
                         .ledger_digest = pick_digest(in)};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  fuzz_input in = {data, size};
  embark_error err;
  uint8_t migrations = fuzz_byte(&in) % (MOST + 1), statements = fuzz_byte(&in) % (MOST + 1);
  embark_bundle b = bundle_of(&in);
  embark_migration *m = calloc(migrations + 1u, sizeof *m);
  embark_statement *s = calloc(statements + 1u, sizeof *s);
  FUZZ_EXPECT(m != NULL && s != NULL);
  for (unsigned i = 0; i < migrations; i++) {
    make_migration(&m[i], &in);
  }
  for (unsigned i = 0; i < statements; i++) {
    make_statement(&s[i], &in);
  }
  fuzz_input rows = in, hazards = in;
  for (unsigned i = 0; i < statements; i++) {
    make_hazards(&s[i], migrations, &hazards);
  }
  unsigned char *sql = malloc(in.size + 1);
  FUZZ_EXPECT(sql != NULL);
  memcpy(sql, in.size > 0 ? in.data : (const uint8_t *)"", in.size);
  sql[in.size] = '\0';
  b.sql = sql;
  b.sql_size = in.size;
  b.migrations = m;
  b.statements = s;
  b.migration_count = migrations;
  b.statement_count = statements;
  if (embark__bundle_check(&b, &err) == EMBARK_OK &&
      embark__bundle_validate(&b, &err) == EMBARK_OK) {
    read_all(&b);
    plan_some(&b, &rows);
  } else {
    FUZZ_EXPECT(err.code == EMBARK_E_BUNDLE && err.message[0] != '\0' && err.hint[0] != '\0');
  }
  free(sql);
  free(s);
  free(m);
  return 0;
}
