/* proxy.c - one thread, a few sockets, and poll(2). Knows of PostgreSQL's protocol how long a
 * message is. All state is under one mutex; the thread lets go of it while it waits. */
#include "proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <check.h>

#define MOST_LINKS      32
#define MOST_BOUNDARIES 8192
#define BUFFER_BYTES    65536

/* What goes one way over a link: read from its own end, written to the other's. */
typedef struct stream {
  size_t begin, end; /* of what is read and not yet written */
  char buffer[BUFFER_BYTES];
} stream;

typedef struct wire_link {
  int fd[2]; /* by way: the client's end, which requests are read from, and the server's */
  stream streams[2];
  int is_subject;
} wire_link;

/* The subject's traffic one way since it was armed. */
typedef struct tally {
  size_t passed;
  size_t boundaries[MOST_BOUNDARIES], boundary_count;
  size_t left;           /* bytes until the end of the message under way; 0: in its head */
  unsigned char head[5]; /* the type and the length */
  size_t head_length;
} tally;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_t thread;
static int stopping, wake[2], listeners[2]; /* Unix, TCP */
static wire_link *links[MOST_LINKS];
static tally tallies[2];
static proxy_way cut_way;
static proxy_fault cut_fault;
static size_t cut_after;
static int armed, struck;
static int alone;       /* strike the subject only */
static unsigned coming; /* so many connections from now the subject comes; 0: none does */
static char dir[256], addresses[2][300];
static struct sockaddr_un server;

/* --- links ------------------------------------------------------------------------------------ */

static void close_link(size_t index)
{
  wire_link *l = links[index];
  if (struck && cut_fault == PROXY_RESET) {
    struct linger at_once = {1, 0};
    setsockopt(l->fd[0], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  close(l->fd[0]);
  close(l->fd[1]);
  free(l);
  links[index] = NULL;
}

static void close_all(void)
{
  for (size_t i = 0; i < MOST_LINKS; i++) {
    if (links[i] != NULL) {
      close_link(i);
    }
  }
}

static void close_subject(void)
{
  for (size_t i = 0; i < MOST_LINKS; i++) {
    if (links[i] != NULL && links[i]->is_subject) {
      close_link(i);
    }
  }
}

static void take_in(int listener)
{
  size_t free_place = 0;
  int client = accept(listener, NULL, NULL);
  int at_server = socket(AF_UNIX, SOCK_STREAM, 0);
  while (free_place < MOST_LINKS && links[free_place] != NULL) {
    free_place++;
  }
  wire_link *l = free_place < MOST_LINKS ? calloc(1, sizeof *l) : NULL;
  if (client < 0 || l == NULL ||
      connect(at_server, (struct sockaddr *)&server, sizeof server) != 0) {
    close(client);
    close(at_server);
    free(l);
    return;
  }
  l->fd[0] = client;
  l->fd[1] = at_server;
  l->is_subject = coming == 1;
  coming -= coming > 0;
  links[free_place] = l;
}

/* --- counting --------------------------------------------------------------------------------- */

static void count_message_byte(tally *t, unsigned char byte)
{
  if (t->left > 0) {
    t->left--;
  } else {
    t->head[t->head_length++] = byte;
    if (t->head_length < sizeof t->head) {
      return;
    }
    uint32_t length;
    memcpy(&length, t->head + 1, sizeof length);
    t->left = ntohl(length) - 4; /* which counts itself */
    t->head_length = 0;
  }
  if (t->left == 0 && t->boundary_count < MOST_BOUNDARIES) {
    t->boundaries[t->boundary_count++] = t->passed;
  }
}

static void count(tally *t, const char *bytes, size_t size)
{
  for (size_t i = 0; i < size; i++) {
    t->passed++;
    count_message_byte(t, (unsigned char)bytes[i]);
  }
}

/* --- passing on ------------------------------------------------------------------------------- */

/* How many of the stream's bytes may go on: none behind the cut. */
static size_t allowance(const wire_link *l, int way)
{
  size_t size = l->streams[way].end - l->streams[way].begin;
  if (!armed || !l->is_subject || way != (int)cut_way) {
    return size;
  }
  size_t left = cut_after - tallies[way].passed;
  return size < left ? size : left;
}

static void strike_if_due(void)
{
  if (armed && tallies[cut_way].passed >= cut_after) {
    armed = 0;
    struck = 1;
    if (cut_fault == PROXY_SILENCE) {
      return; /* nothing is served any more */
    }
    if (alone) {
      close_subject();
    } else {
      close_all();
    }
  }
}

/* Write what there is. Returns 0 when the other end is gone. */
static int pass_on(wire_link *l, int way)
{
  stream *s = &l->streams[way];
  ssize_t sent =
      send(l->fd[!way], s->buffer + s->begin, allowance(l, way), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) {
    return errno == EAGAIN || errno == EINTR;
  }
  if (l->is_subject) {
    count(&tallies[way], s->buffer + s->begin, (size_t)sent);
  }
  s->begin += (size_t)sent;
  return 1;
}

/* Returns 0 when the link has ended. */
static int serve(wire_link *l, int way, short events)
{
  stream *s = &l->streams[way];
  if ((events & (POLLIN | POLLHUP | POLLERR)) != 0 && s->begin == s->end) {
    ssize_t got = recv(l->fd[way], s->buffer, sizeof s->buffer, MSG_DONTWAIT);
    if (got <= 0) {
      return got < 0 && (errno == EAGAIN || errno == EINTR);
    }
    s->begin = 0;
    s->end = (size_t)got;
  }
  return s->begin == s->end || pass_on(l, way);
}

static void serve_link(size_t index, const struct pollfd *fds)
{
  for (int way = 0; way < 2 && links[index] != NULL; way++) {
    int goes_on = serve(links[index], way, fds[way].revents);
    strike_if_due();
    if (!goes_on && links[index] != NULL) {
      close_link(index);
    }
  }
}

/* --- the thread ------------------------------------------------------------------------------- */

static int is_silent(void)
{
  return struck && cut_fault == PROXY_SILENCE;
}

static short wanted(const wire_link *l, int way)
{
  int is_empty = l->streams[way].begin == l->streams[way].end;
  int is_pending = l->streams[!way].begin != l->streams[!way].end;
  return (short)((is_empty ? POLLIN : 0) | (is_pending ? POLLOUT : 0));
}

/* Wait for an end of a link, a caller or a word of ours. */
static void wait_for_some(struct pollfd *fds)
{
  fds[0] = (struct pollfd){wake[0], POLLIN, 0};
  fds[1] = (struct pollfd){listeners[0], POLLIN, 0};
  fds[2] = (struct pollfd){listeners[1], POLLIN, 0};
  for (size_t i = 0; i < MOST_LINKS; i++) {
    for (int way = 0; way < 2; way++) {
      struct pollfd *fd = &fds[3 + 2 * i + (size_t)way];
      *fd = (struct pollfd){-1, 0, 0};
      if (links[i] != NULL && !is_silent()) {
        *fd = (struct pollfd){links[i]->fd[way], wanted(links[i], way), 0};
      }
    }
  }
  pthread_mutex_unlock(&mutex);
  poll(fds, 3 + 2 * MOST_LINKS, -1);
  pthread_mutex_lock(&mutex);
}

static void *run(void *unused)
{
  struct pollfd fds[3 + 2 * MOST_LINKS];
  char byte;
  pthread_mutex_lock(&mutex);
  while (!stopping) {
    wait_for_some(fds);
    if (fds[0].revents != 0 && read(wake[0], &byte, 1) == 1) {
      continue; /* what there was to wait for may be gone */
    }
    for (size_t i = 0; i < MOST_LINKS; i++) {
      if (links[i] != NULL && fds[3 + 2 * i].fd == links[i]->fd[0] && !is_silent()) {
        serve_link(i, &fds[3 + 2 * i]);
      }
    }
    for (int i = 0; i < 2; i++) {
      if (fds[1 + i].revents != 0) {
        take_in(listeners[i]);
      }
    }
  }
  pthread_mutex_unlock(&mutex);
  return unused;
}

/* --- from the test ---------------------------------------------------------------------------- */

static void listen_unix(void)
{
  const char *beside = getenv("EMBARK_PGDATA");
  struct sockaddr_un at = {.sun_family = AF_UNIX};
  ck_assert_ptr_nonnull(beside);
  snprintf(dir, sizeof dir, "%.*s/wire.%ld", (int)(strrchr(beside, '/') - beside), beside,
           (long)getpid());
  ck_assert_int_eq(mkdir(dir, 0700), 0);
  snprintf(at.sun_path, sizeof at.sun_path, "%.80s/.s.PGSQL.5432", dir);
  snprintf(addresses[0], sizeof addresses[0], "host=%s port=5432", dir);
  listeners[0] = socket(AF_UNIX, SOCK_STREAM, 0);
  ck_assert_int_eq(bind(listeners[0], (struct sockaddr *)&at, sizeof at), 0);
  ck_assert_int_eq(listen(listeners[0], MOST_LINKS), 0);
}

static void listen_tcp(void)
{
  struct sockaddr_in at = {.sin_family = AF_INET};
  socklen_t size = sizeof at;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  listeners[1] = socket(AF_INET, SOCK_STREAM, 0);
  ck_assert_int_eq(bind(listeners[1], (struct sockaddr *)&at, sizeof at), 0);
  ck_assert_int_eq(listen(listeners[1], MOST_LINKS), 0);
  ck_assert_int_eq(getsockname(listeners[1], (struct sockaddr *)&at, &size), 0);
  snprintf(addresses[1], sizeof addresses[1], "host=127.0.0.1 port=%d", ntohs(at.sin_port));
}

void proxy_start(void)
{
  server = (struct sockaddr_un){.sun_family = AF_UNIX};
  snprintf(server.sun_path, sizeof server.sun_path, "%s/.s.PGSQL.%s", getenv("PGHOST"),
           getenv("PGPORT"));
  listen_unix();
  listen_tcp();
  ck_assert_int_eq(pipe(wake), 0);
  stopping = armed = struck = 0;
  ck_assert_int_eq(pthread_create(&thread, NULL, run, NULL), 0);
}

/* Have the thread look at what has changed. */
static void notify(void)
{
  ck_assert_int_eq((int)write(wake[1], "", 1), 1);
}

void proxy_stop(void)
{
  pthread_mutex_lock(&mutex);
  stopping = 1;
  pthread_mutex_unlock(&mutex);
  notify();
  pthread_join(thread, NULL);
  close_all();
  close(listeners[0]);
  close(listeners[1]);
  close(wake[0]);
  close(wake[1]);
  char path[300];
  snprintf(path, sizeof path, "%s/.s.PGSQL.5432", dir);
  unlink(path);
  rmdir(dir);
}

const char *proxy_address(int tcp)
{
  return addresses[tcp];
}

static void arm(unsigned index, proxy_way way, size_t bytes, proxy_fault fault, int is_alone)
{
  size_t subjects = 0;
  pthread_mutex_lock(&mutex);
  alone = is_alone;
  coming = index;
  memset(tallies, 0, sizeof tallies);
  cut_way = way;
  cut_after = bytes;
  cut_fault = fault;
  struck = 0;
  armed = 1;
  for (size_t i = 0; i < MOST_LINKS; i++) {
    if (links[i] != NULL) {
      links[i]->is_subject = index == 0;
      subjects++;
    }
  }
  pthread_mutex_unlock(&mutex);
  ck_assert_uint_eq(subjects, 1);
}

void proxy_arm(proxy_way way, size_t bytes, proxy_fault fault)
{
  arm(0, way, bytes, fault, 0);
}

void proxy_arm_one(unsigned index, proxy_way way, size_t bytes, proxy_fault fault)
{
  arm(index, way, bytes, fault, 1);
}

int proxy_has_struck(void)
{
  pthread_mutex_lock(&mutex);
  int result = struck;
  pthread_mutex_unlock(&mutex);
  return result;
}

void proxy_drop(void)
{
  pthread_mutex_lock(&mutex);
  close_all();
  armed = struck = 0;
  coming = 0;
  pthread_mutex_unlock(&mutex);
  notify();
}

size_t proxy_passed(proxy_way way)
{
  pthread_mutex_lock(&mutex);
  size_t result = tallies[way].passed;
  pthread_mutex_unlock(&mutex);
  return result;
}

size_t proxy_boundary(proxy_way way, size_t index)
{
  pthread_mutex_lock(&mutex);
  size_t result = index < tallies[way].boundary_count ? tallies[way].boundaries[index] : 0;
  pthread_mutex_unlock(&mutex);
  return result;
}
