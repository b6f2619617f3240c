/* attempt.c - libpq does the connecting, and its words are taken apart: the SQLSTATE of a refused
 * connection is nowhere else to be had. */
#include "attempt.h"

#include <ctype.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>

int64_t attempt_now_ms(void)
{
  struct timespec now = {0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- what the server said --------------------------------------------------------------------- */

/* "FATAL:  28P01: password ..." has the SQLSTATE behind the severity, whatever the language. */
static const char *find_sqlstate(const char *message, size_t size)
{
  for (size_t i = 0; i + 10 <= size; i++) {
    const char *at = message + i;
    size_t length = 0;
    if (memcmp(at, ":  ", 3) != 0) {
      continue;
    }
    at += 3;
    while (length < 5 &&
           (isupper((unsigned char)at[length]) || isdigit((unsigned char)at[length]))) {
      length++;
    }
    if (length == 5 && at[5] == ':' && at[6] == ' ') {
      return at;
    }
  }
  return NULL;
}

/* A password, a database, a right or a parameter that is not there does not come by waiting. All
 * other codes are of servers that start, stop or are full, and of poolers that find no server. */
static bool is_final(const char *sqlstate)
{
  static const char *const classes[] = {"22", "28", "3D", "42"};
  for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
    if (memcmp(sqlstate, classes[i], 2) == 0) {
      return true;
    }
  }
  return false;
}

/* The message as libpq words it by default. Returns whether a SQLSTATE in it is final. */
static bool read_message(text *reason, const char *message)
{
  bool final = false;
  while (*message != '\0') {
    size_t size = strcspn(message, "\n");
    const char *code = find_sqlstate(message, size);
    if (code != NULL) {
      final = final || is_final(code);
      text_put(reason, message, (size_t)(code - message));
      text_put(reason, code + 7, size - (size_t)(code + 7 - message));
      text_putc(reason, '\n');
    } else if (strncmp(message, "LOCATION:", 9) != 0) {
      text_put(reason, message, size);
      text_putc(reason, '\n');
    }
    message += size + (message[size] == '\n');
  }
  if (reason->size > 0) {
    reason->bytes[--reason->size] = '\0';
  }
  return final;
}

/* --- connecting ------------------------------------------------------------------------------- */

/* Returns whether the socket is ready; not so when time is up or a signal came. */
static bool wait_for(int fd, PostgresPollingStatusType wants, int64_t ms, const signals *heard)
{
  fd_set readable;
  fd_set writable;
  FD_ZERO(&readable);
  FD_ZERO(&writable);
  if (fd >= 0 && fd < FD_SETSIZE) {
    FD_SET(fd, wants == PGRES_POLLING_READING ? &readable : &writable);
  }
  struct timespec limit = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000L};
  return pselect(fd + 1, &readable, &writable, NULL, &limit, &heard->mask) > 0;
}

void attempt_pause(int64_t ms, const signals *heard)
{
  if (!signals_came() && ms > 0) {
    wait_for(-1, PGRES_POLLING_READING, ms, heard);
  }
}

/* Wait for what libpq wants of its socket. It goes on to its next host only when this one fails, so
 * one that is silent is made to. Returns false when there is nothing more to wait for. */
static bool wait_for_host(PGconn *conn, PostgresPollingStatusType wants, int64_t host_ms,
                          int64_t end, const signals *heard, bool *silent)
{
  int fd = PQsocket(conn);
  for (int tries = 0; tries < 2; tries++) {
    int64_t now = attempt_now_ms();
    int64_t ms = end >= 0 && end - now < host_ms ? end - now : host_ms;
    if (ms <= 0) {
      return false;
    }
    if (wait_for(fd, wants, ms, heard)) {
      return true;
    }
    if (signals_came()) {
      return false;
    }
    *silent = true;
    shutdown(fd, SHUT_RDWR);
  }
  return false;
}

static void poll_to_end(PGconn *conn, int64_t host_ms, int64_t end, const signals *heard,
                        bool *silent)
{
  PostgresPollingStatusType wants = PGRES_POLLING_WRITING;
  while (wants != PGRES_POLLING_OK && wants != PGRES_POLLING_FAILED) {
    if (!wait_for_host(conn, wants, host_ms, end, heard, silent)) {
      return;
    }
    wants = PQconnectPoll(conn);
  }
}

/* Names are looked up here, for as long as that takes, so signals are let in. */
static PGconn *begin(const database_params *p, const signals *heard)
{
  sigset_t kept;
  sigprocmask(SIG_SETMASK, &heard->mask, &kept);
  PGconn *conn = PQconnectStartParams(p->keywords, p->values, 0);
  sigprocmask(SIG_SETMASK, &kept, NULL);
  return conn;
}

attempt_result attempt_connect(PGconn **conn, const database_params *p, int64_t host_ms,
                               int64_t limit_ms, const signals *heard, text *reason)
{
  int64_t end = limit_ms < 0 ? -1 : attempt_now_ms() + limit_ms;
  bool silent = false;
  *conn = begin(p, heard);
  if (PQstatus(*conn) != CONNECTION_BAD) {
    PQsetErrorVerbosity(*conn, PQERRORS_VERBOSE);
    poll_to_end(*conn, host_ms, end, heard, &silent);
  }
  if (signals_came()) {
    return ATTEMPT_STOPPED;
  }
  if (PQstatus(*conn) == CONNECTION_OK) {
    PQsetErrorVerbosity(*conn, PQERRORS_DEFAULT);
    return ATTEMPT_CONNECTED;
  }
  if (silent) {
    text_puts(reason, "the server does not answer\n");
  }
  bool final = read_message(reason, PQerrorMessage(*conn));
  return final || PQconnectionNeedsPassword(*conn) ? ATTEMPT_REFUSED : ATTEMPT_NOT_YET;
}
