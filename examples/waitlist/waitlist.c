/* waitlist.c - addresses, and the one statement that stores them. Knows nothing of HTTP. */
#include "waitlist.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Character classes are spelled out: those of <ctype.h> change with the locale. */
#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"
static const char LOCAL_PART[] = LETTERS DIGITS ".!#$%&'*+/=?^_`{|}~-";
static const char LABEL[] = LETTERS DIGITS "-";

static const char *trim(const char *text, size_t *length)
{
  static const char blanks[] = " \t\r\n";

  text += strspn(text, blanks);
  *length = strlen(text);
  while (*length > 0 && strchr(blanks, text[*length - 1])) {
    (*length)--;
  }
  return text;
}

static void lower_copy(char *out, const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++) {
    out[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
  }
  out[length] = '\0';
}

/* Dots divide an address; none may stand at an end or beside another. */
static int dots_are_single(const char *text, size_t length)
{
  int after_dot = 1;

  for (size_t i = 0; i < length; i++) {
    if (text[i] == '.' && after_dot) {
      return 0;
    }
    after_dot = text[i] == '.';
  }
  return !after_dot;
}

/* At least two labels of letters, digits and inner hyphens, each at most 63 characters. */
static int domain_is_plausible(const char *domain)
{
  int labels = 0;

  for (;;) {
    size_t length = strspn(domain, LABEL);
    if (length == 0 || length > 63 || domain[0] == '-' || domain[length - 1] == '-') {
      return 0;
    }
    labels++;
    domain += length;
    if (*domain == '\0') {
      return labels >= 2;
    }
    if (*domain++ != '.') {
      return 0;
    }
  }
}

const char *email_clean(const char *text, char out[EMAIL_SIZE])
{
  size_t length;
  size_t local;

  text = trim(text, &length);
  if (length == 0) {
    return "the e-mail address is empty";
  }
  if (length >= EMAIL_SIZE) {
    return "the e-mail address is too long";
  }
  lower_copy(out, text, length);
  local = strspn(out, LOCAL_PART);
  if (local == 0 || local > 64 || out[local] != '@' || !dots_are_single(out, local) ||
      !domain_is_plausible(out + local + 1)) {
    return "this is not an e-mail address";
  }
  return NULL;
}

/* The table is not there, or not what the statement takes it for. */
static int is_unready(const PGresult *result)
{
  const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);

  return state && (strcmp(state, "42P01") == 0 || strcmp(state, "42703") == 0);
}

/* Inserts or does nothing, so that of two at the same moment exactly one is told it is new. */
enum joined waitlist_join(PGconn *conn, const char *email)
{
  static const char insert[] = "INSERT INTO beta_waitlist (email, source) VALUES ($1, 'web') ON "
                               "CONFLICT DO NOTHING RETURNING id";
  const char *values[] = {email};
  PGresult *result = PQexecParams(conn, insert, 1, NULL, values, NULL, NULL, 0);
  enum joined joined = JOINED_FAILED;

  if (PQresultStatus(result) == PGRES_TUPLES_OK) {
    joined = PQntuples(result) > 0 ? JOINED_NOW : JOINED_BEFORE;
  } else if (is_unready(result)) {
    joined = JOINED_UNREADY;
  } else {
    fprintf(stderr, "[%ld] joining failed: %s", (long)getpid(), PQerrorMessage(conn));
  }
  PQclear(result);
  return joined;
}
