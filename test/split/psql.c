/* Runs psql against a socket and takes its messages down. Knows the protocol as far as psql speaks
 * it; knows no SQL but COPY FROM STDIN, which it has to answer, and the setting that psql must be
 * told of. */
#include "psql.h"

#include <ctype.h>
#include <regex.h>
#include <string.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"
#include "protocol.h"

#define NEXT_FILE "next file" /* sent between two files */

typedef struct session {
  int fd;
  psql_said *files;
  size_t file;
  regex_t copy, strings;
} session;

/* --- the socket ------------------------------------------------------------------------------- */

static int listen_at(char *address, size_t size)
{
  struct sockaddr_un name = {.sun_family = AF_UNIX};
  snprintf(address, size, "@embark-split-%ld", (long)getpid());
  int length =
      snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "%s/.s.PGSQL.5432", address + 1);
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  FUZZ_EXPECT(fd >= 0);
  FUZZ_EXPECT(bind(fd, (struct sockaddr *)&name,
                   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)length)) == 0);
  FUZZ_EXPECT(listen(fd, 1) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0);
  return fd;
}

/* The rest of it; 0 when the other end is gone. */
static int receive(int fd, void *bytes, size_t size)
{
  char *at = bytes;
  while (size > 0) {
    ssize_t got = recv(fd, at, size, 0);
    if (got <= 0) {
      return 0;
    }
    at += got;
    size -= (size_t)got;
  }
  return 1;
}

/* A message's body, with a NUL behind it; NULL at the end. `type` NULL: the first message, which
 * has none. */
static char *receive_message(int fd, char *type, size_t *size)
{
  unsigned char head[4];
  if ((type != NULL && !receive(fd, type, 1)) || !receive(fd, head, sizeof head)) {
    return NULL;
  }
  *size = ((size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3]) - 4;
  char *body = calloc(*size + 1, 1);
  FUZZ_EXPECT(body != NULL && receive(fd, body, *size));
  return body;
}

static void answer(session *s, wire *w)
{
  for (size_t sent = 0; sent < w->size;) {
    ssize_t put = send(s->fd, w->bytes + sent, w->size - sent, MSG_NOSIGNAL);
    FUZZ_EXPECT(put > 0);
    sent += (size_t)put;
  }
  wire_free(w);
}

/* --- the dialogue ----------------------------------------------------------------------------- */

static int greet(session *s)
{
  static const unsigned char authenticated[4] = {0}, key[8] = {0};
  wire w = {0};
  size_t size = 0;
  char *body = receive_message(s->fd, NULL, &size);
  if (body == NULL) {
    return 0;
  }
  free(body);
  wire_message(&w, 'R', authenticated, sizeof authenticated);
  wire_parameter(&w, "server_version", "15.4");
  wire_parameter(&w, "client_encoding", "UTF8");
  wire_parameter(&w, "standard_conforming_strings", "on");
  wire_message(&w, 'K', key, sizeof key);
  wire_ready(&w, 'I');
  answer(s, &w);
  return 1;
}

static void note(psql_said *said, char *text)
{
  if (said->count == said->capacity) {
    said->capacity = said->capacity * 2 + 16;
    said->queries = realloc(said->queries, said->capacity * sizeof *said->queries);
    FUZZ_EXPECT(said->queries != NULL);
  }
  said->queries[said->count++] = (psql_query){.text = text};
}

static void take_data(session *s, psql_query *query)
{
  wire w = {0}, data = {0};
  char type = 0;
  size_t size = 0;
  wire_copy(&w, 'G');
  answer(s, &w);
  while (type != 'c' && type != 'f') {
    char *body = receive_message(s->fd, &type, &size);
    FUZZ_EXPECT(body != NULL);
    if (type == 'd') {
      wire_put(&data, body, size);
    }
    free(body);
  }
  wire_put(&data, "", 1);
  query->data = (char *)data.bytes;
  query->data_size = data.size - 1;
}

static int matches(const regex_t *pattern, const char *text)
{
  return regexec(pattern, text, 0, NULL, 0) == 0;
}

static void take_query(session *s, char *text)
{
  wire w = {0};
  if (strcmp(text, NEXT_FILE) == 0) {
    s->file++;
    wire_parameter(&w, "standard_conforming_strings", "on");
    free(text);
  } else {
    psql_said *said = &s->files[s->file];
    note(said, text);
    if (matches(&s->copy, text)) {
      take_data(s, &said->queries[said->count - 1]);
    }
    if (matches(&s->strings, text)) {
      int off = strstr(text, "off") != NULL;
      wire_parameter(&w, "standard_conforming_strings", off ? "off" : "on");
    }
  }
  wire_text_message(&w, 'C', "SELECT");
  wire_ready(&w, 'I');
  answer(s, &w);
}

static void converse(session *s)
{
  char type = 0;
  size_t size = 0;
  char *body = NULL;
  if (!greet(s)) {
    return;
  }
  while ((body = receive_message(s->fd, &type, &size)) != NULL) {
    if (type == 'Q') {
      take_query(s, body);
    } else {
      free(body);
    }
  }
}

/* --- psql ------------------------------------------------------------------------------------- */

static void become_psql(const char *address, const char *const *paths, size_t count)
{
  const char **args = calloc(count * 4 + 8, sizeof *args);
  size_t n = 0;
  int null = open("/dev/null", O_RDWR);
  FUZZ_EXPECT(args != NULL && null >= 0);
  args[n++] = "psql";
  args[n++] = "-Xq";
  for (size_t i = 0; i < count; i++) {
    args[n++] = "-f";
    args[n++] = paths[i];
    args[n++] = "-c";
    args[n++] = NEXT_FILE;
  }
  setenv("PGHOST", address, 1);
  setenv("PGPORT", "5432", 1);
  setenv("PGUSER", "me", 1);
  setenv("PGDATABASE", "app", 1);
  setenv("PGSSLMODE", "disable", 1);
  setenv("PGCLIENTENCODING", "UTF8", 1);
  dup2(null, STDIN_FILENO);
  dup2(null, STDOUT_FILENO);
  dup2(null, STDERR_FILENO);
  execvp("psql", (char *const *)(uintptr_t)args);
  _exit(127);
}

static void compile(regex_t *pattern, const char *text)
{
  FUZZ_EXPECT(regcomp(pattern, text, REG_EXTENDED | REG_ICASE | REG_NOSUB) == 0);
}

void psql_read(psql_said *out, const char *const *paths, size_t count)
{
  char address[64];
  int status = 0, listener = listen_at(address, sizeof address);
  session s = {.files = out};
  memset(out, 0, count * sizeof *out);
  /* Comments before the word are none of a file's that has COPY data in earnest. */
  compile(&s.copy, "^[[:space:]]*copy[[:space:]].*[[:space:]]from[[:space:]]+stdin");
  compile(&s.strings, "^[[:space:]]*(set[[:space:]].*standard_conforming_strings|reset )");
  pid_t pid = fork();
  FUZZ_EXPECT(pid >= 0);
  if (pid == 0) {
    become_psql(address, paths, count);
  }
  s.fd = accept(listener, NULL, NULL);
  FUZZ_EXPECT(s.fd >= 0);
  converse(&s);
  close(s.fd);
  close(listener);
  regfree(&s.copy);
  regfree(&s.strings);
  FUZZ_EXPECT(waitpid(pid, &status, 0) == pid);
  FUZZ_EXPECT(s.file == count); /* psql came to its end */
}

void psql_free(psql_said *said)
{
  for (size_t i = 0; i < said->count; i++) {
    free(said->queries[i].text);
    free(said->queries[i].data);
  }
  free(said->queries);
  *said = (psql_said){0};
}
