/* What the fuzzer's server does wrong, a byte of the input for each answer. Whatever may shift
 * answers against questions is marked as being out of step. */
#include <string.h>

#include "peer_state.h"

enum { LONG_TEXT = 3000 };

static const char *pick_sqlstate(peer *p)
{
  static const char *const states[] = {NULL,    "",      "42P01", "3F000", "42703",
                                       "42P07", "42P06", "23505", "42501", "25006",
                                       "55P03", "40P01", "40001", "57014", "22P02",
                                       "2D000", "0A000", "XX000", "57P01", "a much too long one"};
  return states[fuzz_byte(p->choices) % (sizeof states / sizeof states[0])];
}

/* Any text that means something somewhere, or that nobody expects. */
static const char *pick_text(peer *p)
{
  static char long_text[LONG_TEXT + 1];
  const embark_bundle *b = p->given.bundle;
  const embark_migration *m = &b->migrations[fuzz_byte(p->choices) % b->migration_count];
  const char *const texts[] = {NULL,
                               "",
                               m->tag,
                               m->hash,
                               m->chain,
                               b->ledger_digest,
                               "applied",
                               "running",
                               "t",
                               "0",
                               "-1",
                               "99999999999999999999",
                               "\xff\xfe\x80",
                               "a\"b\\c{},'\n",
                               "embark: It has a rule.",
                               "embark: no end",
                               "ERROR",
                               "%s%n",
                               long_text,
                               "search_path"};
  memset(long_text, 'x', LONG_TEXT);
  return texts[fuzz_byte(p->choices) % (sizeof texts / sizeof texts[0])];
}

static const char *or_empty(const char *text)
{
  return text != NULL ? text : "";
}

static void say_error(peer *p)
{
  const char *sqlstate = pick_sqlstate(p);
  peer_refuse(p, sqlstate, pick_text(p));
}

/* Rows of anything. They may well say that all is applied, so that nothing can be held against a
 * client who believes it. */
static void say_rows(peer *p)
{
  unsigned columns = fuzz_byte(p->choices) % 14, rows = fuzz_byte(p->choices) % 5;
  unsigned announced = fuzz_byte(p->choices) % 8 == 7 ? columns + 1 : columns;
  wire_columns(&p->out, announced);
  for (unsigned i = 0; i < rows; i++) {
    const char *cells[14] = {0};
    for (unsigned j = 0; j < columns; j++) {
      cells[j] = pick_text(p);
    }
    wire_row(&p->out, columns, cells);
  }
  wire_text_message(&p->out, 'C', "SELECT");
  p->believe = 1;
}

static void say_tag(peer *p)
{
  static const char *const tags[] = {"", "ROLLBACK", "COMMIT", "SELECT 0", "INSERT 0 0", "BEGIN"};
  const char *tag = tags[fuzz_byte(p->choices) % (sizeof tags / sizeof tags[0])];
  wire_message(&p->out, 'n', "", 0);
  wire_text_message(&p->out, 'C', tag);
  if (strcmp(tag, "COMMIT") == 0 && strcmp(p->sql, "COMMIT") == 0) {
    p->said |= p->inserted; /* a lie, but said */
  }
}

static void say_raw(peer *p)
{
  size_t size = fuzz_byte(p->choices);
  for (size_t i = 0; i < size; i++) {
    unsigned char byte = fuzz_byte(p->choices);
    wire_put(&p->out, &byte, 1);
  }
  p->out_of_step = 1;
}

static void say_farewell(peer *p)
{
  wire_error(&p->out, 'E', "FATAL", pick_sqlstate(p), or_empty(pick_text(p)));
  p->gone = 1;
}

/* Before the answer proper. */
static void chatter(peer *p)
{
  static const char *const names[] = {"client_encoding", "standard_conforming_strings",
                                      "server_version", "in_hot_standby", ""};
  static const char *const values[] = {"UTF8", "LATIN1", "SJIS", "off", "", "nonsense", "9.6"};
  switch (fuzz_byte(p->choices) % 3) {
  case 0:
    wire_error(&p->out, 'N', "NOTICE", pick_sqlstate(p), pick_text(p));
    break;
  case 1:
    wire_parameter(&p->out, names[fuzz_byte(p->choices) % 5], values[fuzz_byte(p->choices) % 7]);
    break;
  default:
    wire_message(&p->out, 'A', "\0\0\0\1channel\0payload", 20);
    break;
  }
}

/* Something of the protocol that is not due. */
static void say_undue(peer *p)
{
  static const char kinds[] = "GHWZIscn12tEDTKRvd3";
  char kind = kinds[fuzz_byte(p->choices) % (sizeof kinds - 1)];
  p->out_of_step = 1;
  if (kind == 'G' || kind == 'H' || kind == 'W') {
    wire_copy(&p->out, kind);
  } else if (kind == 'Z') {
    wire_ready(&p->out, "ITE?"[fuzz_byte(p->choices) % 4]);
  } else {
    wire_message(&p->out, kind, "\0\1\0\0\0\0", fuzz_byte(p->choices) % 7);
  }
}

int peer_misbehave(peer *p)
{
  switch (fuzz_byte(p->choices) % 16) {
  case 1:
    say_error(p);
    return 1;
  case 2:
    say_rows(p);
    return 1;
  case 3:
    chatter(p);
    return 0;
  case 4:
    say_raw(p);
    return 1;
  case 5:
    say_undue(p);
    return fuzz_byte(p->choices) % 2;
  case 6:
    say_tag(p);
    return 1;
  case 7:
    wire_message(&p->out, 'I', "", 0);
    return 1;
  case 8:
    say_farewell(p);
    return 1;
  case 9:
    p->gone = 1;
    return 1;
  case 10:
    p->out_of_step = 1; /* silence */
    return 1;
  case 11:
    p->out_of_step = 1;
    peer_answer(p); /* twice */
    return 0;
  default:
    return 0;
  }
}

void peer_misbehave_or_answer(peer *p)
{
  if (peer_misbehave(p) == 0) {
    peer_answer(p);
  }
}

void peer_sync(peer *p)
{
  uint8_t choice = fuzz_byte(p->choices) % 16;
  if (choice == 1) {
    p->out_of_step = 1; /* none at all */
    return;
  }
  if (choice == 2) {
    p->out_of_step = 1;
    wire_ready(&p->out, p->status);
  }
  wire_ready(&p->out, choice == 3 ? "TEx"[fuzz_byte(p->choices) % 3] : p->status);
}
