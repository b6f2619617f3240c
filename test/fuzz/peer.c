/* The fuzzer's server: connections, messages in, bytes out. Knows the protocol's dialogue and which
 * question is which; what it does wrong is chosen in misdeed.c. */
#include "peer.h"

#include <errno.h>
#include <string.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "peer_state.h"

static int listener = -1;
static char address[64];

/* A name of the abstract kind, so that there is no file to remove. */
static void set_up(void)
{
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  int port = 5432;
  snprintf(address, sizeof address, "@embark-fuzz-%ld", (long)getpid());
  int length =
      snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "%s/.s.PGSQL.%d", address + 1, port);
  listener = socket(AF_UNIX, SOCK_STREAM, 0);
  FUZZ_EXPECT(listener >= 0);
  FUZZ_EXPECT(bind(listener, (struct sockaddr *)&name,
                   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)) == 0);
  FUZZ_EXPECT(listen(listener, 8) == 0);
}

/* --- honest answers --------------------------------------------------------------------------- */

static int asks(const peer *p, const char *words)
{
  return strstr(p->sql, words) != NULL;
}

static void answer_tag(peer *p, const char *tag)
{
  wire_message(&p->out, 'n', "", 0);
  wire_text_message(&p->out, 'C', tag);
}

static void answer_row(peer *p, unsigned count, const char *const *cells)
{
  wire_columns(&p->out, count);
  wire_row(&p->out, count, cells);
  wire_text_message(&p->out, 'C', "SELECT 1");
}

static void answer_zero(peer *p)
{
  static const char *const zero[] = {"0"};
  answer_row(p, 1, zero);
}

void peer_refuse(peer *p, const char *sqlstate, const char *text)
{
  wire_error(&p->out, 'E', "ERROR", sqlstate, text);
  p->skipping = !p->simple;
  p->inserted = 0;
  p->status = p->status == 'I' ? 'I' : 'E';
}

static void answer_check(peer *p)
{
  const embark_bundle *b = p->given.bundle;
  const embark_migration *last = &b->migrations[b->migration_count - 1];
  int all = p->applied == (1u << b->migration_count) - 1;
  if (!p->has_ledger) {
    peer_refuse(p, "42P01", "no such table");
  } else if (b->ledger != EMBARK_LEDGER_NATIVE) {
    const char *const cells[] = {all ? b->ledger_digest : "another"};
    p->said |= all ? p->applied : 0;
    answer_row(p, 1, cells);
  } else if (all) {
    const char *const cells[] = {last->chain, "applied"};
    p->said |= p->applied;
    answer_row(p, 2, cells);
  } else {
    wire_columns(&p->out, 2);
    wire_text_message(&p->out, 'C', "SELECT 0");
  }
}

static void answer_survey(peer *p)
{
  const char *ledger = p->has_ledger ? "t" : "f", *tables = p->given.has_tables ? "t" : "f";
  const char *const cells[] = {
      "f", ledger, ledger, tables, "f", "me", "none", "on", p->given.encoding, "4711", "0"};
  answer_row(p, 11, cells);
}

static void answer_read(peer *p)
{
  const embark_bundle *b = p->given.bundle;
  int native = b->ledger == EMBARK_LEDGER_NATIVE;
  wire_columns(&p->out, native ? 6 : 2);
  for (unsigned i = 0; i < b->migration_count; i++) {
    const embark_migration *m = &b->migrations[i];
    char position[16], when[24];
    snprintf(position, sizeof position, "%u", i);
    snprintf(when, sizeof when, "%lld", (long long)m->when_ms);
    const char *const cells[] = {m->tag, m->hash, "applied", m->chain, position, ""};
    const char *const pair[] = {b->ledger == EMBARK_LEDGER_DRIZZLE ? m->hash : m->tag, when};
    if ((p->applied >> i & 1) != 0) {
      wire_row(&p->out, native ? 6 : 2, native ? cells : pair);
    }
  }
  p->said |= p->applied;
  wire_text_message(&p->out, 'C', "SELECT");
}

static void answer_insert(peer *p)
{
  p->inserted |= p->about;
  answer_zero(p);
}

static void answer_commit(peer *p)
{
  int failed = p->status == 'E';
  if (!failed) {
    p->applied |= p->inserted;
    p->said |= p->inserted;
    p->has_ledger = 1;
  }
  p->inserted = 0;
  p->status = 'I';
  answer_tag(p, failed ? "ROLLBACK" : "COMMIT");
}

void peer_answer(peer *p)
{
  if (asks(p, "TABLESAMPLE") || asks(p, "string_agg")) {
    answer_check(p);
  } else if (asks(p, "pg_is_in_recovery")) {
    answer_survey(p);
  } else if (asks(p, "SELECT m.tag, m.hash") || asks(p, "SELECT m.hash, m.created_at")) {
    answer_read(p);
  } else if (asks(p, "INSERT INTO ")) {
    answer_insert(p);
  } else if (asks(p, "pg_locks") || asks(p, "SELECT s.name, s.setting")) {
    wire_columns(&p->out, 5);
    wire_text_message(&p->out, 'C', "SELECT 0");
  } else if (strncmp(p->sql, "BEGIN", 5) == 0) {
    p->status = 'T';
    answer_tag(p, "BEGIN");
  } else if (strcmp(p->sql, "COMMIT") == 0) {
    answer_commit(p);
  } else if (strcmp(p->sql, "ROLLBACK") == 0) {
    p->status = 'I';
    p->inserted = 0;
    answer_tag(p, "ROLLBACK");
  } else if (asks(p, "SELECT")) {
    answer_zero(p);
  } else {
    answer_tag(p, "CREATE TABLE");
  }
}

/* --- what comes in ---------------------------------------------------------------------------- */

static void take_start(peer *p)
{
  static const unsigned char authenticated[4] = {0}, key[8] = {0};
  wire_message(&p->out, 'R', authenticated, sizeof authenticated);
  wire_parameter(&p->out, "server_version", "15.4");
  wire_parameter(&p->out, "client_encoding", p->given.encoding);
  wire_parameter(&p->out, "standard_conforming_strings", "on");
  wire_message(&p->out, 'K', key, sizeof key);
  wire_ready(&p->out, 'I');
  p->started = 1;
}

static void note_sql(peer *p, const char *sql, size_t size)
{
  free(p->sql);
  p->sql = malloc(size + 1);
  FUZZ_EXPECT(p->sql != NULL);
  memcpy(p->sql, sql, size);
  p->sql[size] = '\0';
}

static int has_text(const unsigned char *body, size_t size, const char *text)
{
  size_t length = strlen(text);
  for (size_t i = 0; i + length <= size; i++) {
    if (memcmp(body + i, text, length) == 0) {
      return 1;
    }
  }
  return 0;
}

/* Which migration the parameters speak of, by its tag or hash. */
static void note_parameters(peer *p, const unsigned char *body, size_t size)
{
  const embark_bundle *b = p->given.bundle;
  p->about = 0;
  for (unsigned i = 0; i < b->migration_count; i++) {
    const embark_migration *m = &b->migrations[i];
    p->about |= (unsigned)(has_text(body, size, m->tag) || has_text(body, size, m->hash)) << i;
  }
}

static void take_simple(peer *p, const unsigned char *body, size_t size)
{
  note_sql(p, (const char *)body, size);
  p->simple = 1;
  if (strncmp(p->sql, "copy", 4) == 0 && !p->in_copy) {
    p->in_copy = peer_misbehave(p) == 0;
    if (p->in_copy) {
      wire_copy(&p->out, 'G');
      return;
    }
  } else {
    peer_misbehave_or_answer(p);
  }
  wire_ready(&p->out, p->status);
}

static void take_copy_end(peer *p, char type)
{
  if (!p->in_copy) {
    return;
  }
  p->in_copy = 0;
  if (type == 'f') {
    peer_refuse(p, "57014", "COPY from stdin failed");
  } else if (peer_misbehave(p) == 0) {
    wire_text_message(&p->out, 'C', "COPY 1");
  }
  wire_ready(&p->out, p->status);
}

static void take_message(peer *p, char type, const unsigned char *body, size_t size)
{
  switch (type) {
  case 'P':
    note_sql(p, (const char *)body + 1, size > 1 ? strlen((const char *)body + 1) : 0);
    p->simple = 0;
    break;
  case 'B':
    note_parameters(p, body, size);
    break;
  case 'E':
    if (!p->skipping) {
      wire_message(&p->out, '1', "", 0);
      wire_message(&p->out, '2', "", 0);
      peer_misbehave_or_answer(p);
    }
    break;
  case 'S':
    p->skipping = 0;
    peer_sync(p);
    break;
  case 'Q':
    take_simple(p, body, size);
    break;
  case 'c':
  case 'f':
    take_copy_end(p, type);
    break;
  case 'X':
    p->gone = 1;
    break;
  default: /* Describe is answered with Execute, a Flush by all that is there; COPY data is data */
    break;
  }
}

static uint32_t number_at(const unsigned char *at)
{
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Take whole messages off what has come in. */
static void take_messages(peer *p)
{
  size_t at = 0;
  while (!p->gone) {
    size_t head = p->started ? 5 : 4, left = p->in.size - at;
    if (left < head || left < (p->started ? 1 : 0) + number_at(p->in.bytes + at + head - 4)) {
      break;
    }
    size_t size = number_at(p->in.bytes + at + head - 4) + (p->started ? 1u : 0u);
    if (p->started) {
      take_message(p, (char)p->in.bytes[at], p->in.bytes + at + head, size - head);
    } else {
      take_start(p);
    }
    at += size;
  }
  memmove(p->in.bytes, p->in.bytes + at, p->in.size - at);
  p->in.size -= at;
}

/* --- the wire --------------------------------------------------------------------------------- */

static int receive(peer *p)
{
  unsigned char piece[65536];
  ssize_t got = recv(p->fd, piece, sizeof piece, MSG_DONTWAIT);
  if (got <= 0) {
    p->gone |= got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
    return 0;
  }
  wire_put(&p->in, piece, (size_t)got);
  take_messages(p);
  return 1;
}

static int deliver(peer *p)
{
  size_t size = p->out.size < p->given.piece ? p->out.size : p->given.piece;
  if (size == 0) {
    return 0;
  }
  ssize_t put = send(p->fd, p->out.bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (put <= 0) {
    p->gone |= errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;
    return 0;
  }
  memmove(p->out.bytes, p->out.bytes + put, p->out.size - (size_t)put);
  p->out.size -= (size_t)put;
  return 1;
}

int peer_pump(peer *p)
{
  if (p->fd < 0) {
    return 0;
  }
  int received = !p->gone && receive(p);
  int delivered = deliver(p);
  if (p->gone && !delivered) {
    peer_hang_up(p);
    return 1;
  }
  return received || delivered;
}

void peer_hang_up(peer *p)
{
  if (p->fd >= 0) {
    close(p->fd);
    p->fd = -1;
  }
}

int peer_said_all(const peer *p)
{
  return p->out_of_step || p->believe || p->said == (1u << p->given.bundle->migration_count) - 1;
}

PGconn *peer_connect(peer **out, const peer_given *given, fuzz_input *in)
{
  if (listener < 0) {
    set_up();
  }
  peer *p = calloc(1, sizeof *p);
  char conninfo[160];
  FUZZ_EXPECT(p != NULL);
  *p = (peer){.given = *given, .choices = in, .status = 'I', .has_ledger = given->has_ledger};
  p->applied = (1u << given->applied) - 1;
  snprintf(conninfo, sizeof conninfo,
           "host=%s port=5432 user=me dbname=app sslmode=disable gssencmode=disable", address);
  PGconn *conn = PQconnectStart(conninfo);
  FUZZ_EXPECT(conn != NULL && PQstatus(conn) != CONNECTION_BAD);
  p->fd = accept(listener, NULL, NULL);
  FUZZ_EXPECT(p->fd >= 0);
  PostgresPollingStatusType wants = PGRES_POLLING_WRITING;
  for (int i = 0; i < 100000 && wants != PGRES_POLLING_OK; i++) {
    wants = PQconnectPoll(conn);
    FUZZ_EXPECT(wants != PGRES_POLLING_FAILED);
    peer_pump(p);
  }
  FUZZ_EXPECT(PQstatus(conn) == CONNECTION_OK);
  *out = p;
  return conn;
}

void peer_free(peer *p)
{
  peer_hang_up(p);
  wire_free(&p->in);
  wire_free(&p->out);
  free(p->sql);
  free(p);
}
