/* A whole run against a server that answers as the input has it: libpq and the library at one end,
 * the peer at the other, pumped in turns on one thread, with a clock of their own. Beside not
 * crashing: the run ends, and it claims success only if it was told so.
 *
 * Input: flags (3: the op, 12: the kind of ledger, 16: no UTF-8, 32: tables without a ledger, 64: a
 * hook), how much is applied (0: no ledger; 1 and up: that less one), the size of the pieces on the
 * wire; then a byte for each answer (misdeed.c). What follows the end is honest. */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "peer.h"
#include "sys.h"

enum { MOST_POLLS = 200000 };

/* --- a clock that does not make us wait: in place of lib/sys.c -------------------------------- */

static int64_t now_ms;

int64_t embark__sys_now_ms(void)
{
  return now_ms;
}

int embark__sys_wait(int socket, int writable, int64_t timeout_ms)
{
  (void)socket;
  (void)writable;
  now_ms += timeout_ms > 0 ? timeout_ms : 0;
  return 0;
}

int embark__sys_ready(int socket, int writable)
{
  struct pollfd wanted = {socket, (short)(writable ? POLLIN | POLLOUT : POLLIN), 0};
  return poll(&wanted, 1, 0) > 0;
}

void embark__sys_hang_up(int socket)
{
  shutdown(socket, SHUT_RDWR);
}

/* There is one thread, and nobody cancels it. */
int embark__sys_hold_cancel(void)
{
  return 0;
}

void embark__sys_allow_cancel(int before)
{
  (void)before;
}

uint32_t embark__sys_jitter(const void *salt)
{
  (void)salt;
  return 1;
}

/* --- results that are held -------------------------------------------------------------------- */

/* libpq itself loses a result when a server sends it an undue ParameterDescription, so that leaks
 * of its making are not looked for; ours are found by counting what it hands out and what it gets
 * back. The linker puts these in between (--wrap). */
static int held;

const char *__lsan_default_suppressions(void);
PGresult *__real_PQgetResult(PGconn *conn);
PGresult *__wrap_PQgetResult(PGconn *conn);
void __real_PQclear(PGresult *res);
void __wrap_PQclear(PGresult *res);

const char *__lsan_default_suppressions(void)
{
  return "leak:libpq.so";
}

PGresult *__wrap_PQgetResult(PGconn *conn)
{
  PGresult *res = __real_PQgetResult(conn);
  held += res != NULL;
  return res;
}

void __wrap_PQclear(PGresult *res)
{
  held -= res != NULL;
  __real_PQclear(res);
}

/* --- the bundle ------------------------------------------------------------------------------- */

#define DIGEST(c) c c c c c c c c c c c c c c c c
static const unsigned char sql[] = "create table a ()\0set x.y to z\0copy a from stdin\0"
                                   "1\n2\n\0create index i on a (b)";
static const embark_statement statements[] = {
    {.offset = 0,  .length = 17,     .line = 1},
    {.offset = 18, .length = 12,     .line = 1},
    {.offset = 31,
     .length = 17,
     .data_offset = 49,
     .data_length = 4,
     .line = 2,
     .flags = EMBARK_STATEMENT_COPY},
    {.offset = 54,    .length = 23, .line = 1         },
};
static const embark_migration migrations[] = {
    {.tag = "0000_a",
     .file = "0000_a.sql",
     .hash = DIGEST("a0b1"),
     .chain = DIGEST("c0d1"),
     .when_ms = 1700000000000,
     .sql_length = 18,
     .statement_count = 1},
    {             .tag = "0001_b",
     .file = "0001_b.sql",
     .hash = DIGEST("a2b3"),
     .chain = DIGEST("c2d3"),
     .when_ms = 1700000060000,
     .sql_offset = 18,
     .sql_length = 36,
     .first_statement = 1,
     .statement_count = 2,
     .flags = EMBARK_MIGRATION_SETTINGS},
    { .tag = "0002_c",
     .file = "0002_c.sql",
     .hash = DIGEST("a4b5"),
     .chain = DIGEST("c4d5"),
     .when_ms = 1700000120000,
     .sql_offset = 54,
     .sql_length = 23,
     .first_statement = 3,
     .statement_count = 1},
};

static embark_bundle bundle_of(embark_ledger kind)
{
  return (embark_bundle){.format = EMBARK_BUNDLE_FORMAT,
                         .component = "main",
                         .ledger = kind,
                         .adopt = EMBARK_ADOPT_ASSUME,
                         .ledger_schema = "embark",
                         .ledger_table = "migrations",
                         .digest = DIGEST("e6f7"),
                         .ledger_digest = DIGEST("e8f9"),
                         .sql = sql,
                         .sql_size = sizeof sql - 1,
                         .migrations = migrations,
                         .statements = statements,
                         .migration_count = 3,
                         .statement_count = 4};
}

/* --- the run ---------------------------------------------------------------------------------- */

static int hear(void *data, const embark_event *event)
{
  unsigned *count = data;
  *count += (unsigned)(strlen(event->tag) + strlen(event->message) + strlen(event->sqlstate) +
                       strlen(event->severity) + 1);
  return 0;
}

static void ignore_notice(void *data, const char *message)
{
  (void)data;
  (void)message;
}

/* Poll until it is over, and let the peer work meanwhile; when neither has anything to do, it hangs
 * up. */
static embark_poll drive(embark_run *run, peer *p)
{
  for (int polls = 0;; polls++) {
    FUZZ_EXPECT(polls < MOST_POLLS); /* else it never ends */
    embark_poll wants = embark_run_poll(run);
    if (wants == EMBARK_POLL_DONE || wants == EMBARK_POLL_FAILED) {
      return wants;
    }
    if (wants == EMBARK_POLL_TIMER) {
      FUZZ_EXPECT(embark_run_timeout_ms(run) >= 0);
      now_ms += embark_run_timeout_ms(run);
    } else if (!peer_pump(p)) {
      peer_hang_up(p);
    }
  }
}

static void expect_text(const char *text, size_t size)
{
  FUZZ_EXPECT(memchr(text, '\0', size) != NULL);
}

static void expect_end(const embark_run *run, embark_poll end, PGconn *conn)
{
  const embark_error *err = embark_run_error(run);
  FUZZ_EXPECT((err->code == EMBARK_OK) == (end == EMBARK_POLL_DONE));
  FUZZ_EXPECT((err->message[0] == '\0') == (err->code == EMBARK_OK));
  FUZZ_EXPECT(err->code == EMBARK_OK || err->hint[0] != '\0');
  expect_text(err->sqlstate, sizeof err->sqlstate);
  expect_text(err->tag, sizeof err->tag);
  expect_text(err->message, sizeof err->message);
  expect_text(err->detail, sizeof err->detail);
  expect_text(err->hint, sizeof err->hint);
  /* It comes back as it was, or is said to be lost. */
  int lost = PQstatus(conn) == CONNECTION_BAD || err->code == EMBARK_E_CONNECTION;
  FUZZ_EXPECT(lost || PQpipelineStatus(conn) == PQ_PIPELINE_OFF);
  FUZZ_EXPECT(lost || !PQisnonblocking(conn));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  fuzz_input in = {data, size};
  uint8_t flags = fuzz_byte(&in), applied = fuzz_byte(&in) % 5, piece = fuzz_byte(&in);
  embark_op op = (embark_op)(1 + (flags & 3) % 3);
  embark_bundle bundle = bundle_of((embark_ledger)(1 + (flags >> 2 & 3) % 3));
  peer_given given = {.bundle = &bundle,
                      .applied = applied > 0 ? applied - 1u : 0,
                      .has_ledger = applied > 0,
                      .has_tables = (flags & 32) != 0,
                      .encoding = (flags & 16) != 0 ? "LATIN1" : "UTF8",
                      .piece = piece > 0 ? piece : SIZE_MAX};
  peer *p = NULL;
  embark_run *run = NULL;
  unsigned heard = 0;
  embark_options opt = EMBARK_OPTIONS_INIT;
  if ((flags & 64) != 0) {
    opt.on_event = hear;
    opt.event_data = &heard;
  }
  now_ms = 1000;
  PGconn *conn = peer_connect(&p, &given, &in);
  PQsetNoticeProcessor(conn, ignore_notice, NULL);
  FUZZ_EXPECT(embark_run_start(&run, op, conn, &bundle, &opt) == EMBARK_OK);
  embark_poll end = drive(run, p);
  expect_end(run, end, conn);
  FUZZ_EXPECT(end != EMBARK_POLL_DONE || op == EMBARK_PLAN || peer_said_all(p));
  if (size <= 3 && op == EMBARK_MIGRATE) {
    FUZZ_EXPECT(end == EMBARK_POLL_DONE); /* an honest server is migrated */
  }
  embark_run_free(run);
  FUZZ_EXPECT(held == 0);
  PQfinish(conn);
  peer_free(p);
  return 0;
}
