/* server.c - a second server. Knows test/wire/server, which makes it. */
#include "server.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libpq-fe.h>

static pid_t pid;
static char dir[512], address[600];

const char *server_address(void)
{
  return address;
}

/* Not an assertion: unchecked fixtures run outside of any test. */
static void give_up(const char *what)
{
  fprintf(stderr, "second server: %s; see %s.log\n", what, dir);
  server_stop();
  exit(EXIT_FAILURE);
}

/* Beside the throwaway cluster, so that it is deleted with that whatever happens to us. */
static void choose_place(const char *kind)
{
  const char *beside = getenv("EMBARK_PGDATA");
  const char *port = getenv("PGPORT");
  if (beside == NULL || port == NULL) {
    give_up("run me with scripts/throwaway-postgres");
  }
  snprintf(dir, sizeof dir, "%.*s/%s.%ld", (int)(strrchr(beside, '/') - beside), beside, kind,
           (long)getpid());
  snprintf(address, sizeof address, "host=%s port=%s", dir, port);
}

void server_start(const char *kind)
{
  choose_place(kind);
  pid = fork();
  if (pid == 0) {
    setenv("PASSWORD", SERVER_PASSWORD, 1);
    execl("test/wire/server", "server", kind, dir, (char *)NULL);
    _exit(127);
  }
  for (int tries = 0; tries < 6000; tries++) {
    if (PQping(address) == PQPING_OK) {
      return;
    }
    if (waitpid(pid, NULL, WNOHANG) != 0) {
      pid = 0;
      give_up("it ended");
    }
    poll(NULL, 0, 10);
  }
  give_up("it does not answer");
}

void server_stop(void)
{
  char command[600];
  if (pid > 0) {
    kill(pid, SIGQUIT);
    waitpid(pid, NULL, 0);
    pid = 0;
  }
  if (dir[0] != '\0') {
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    if (system(command) != 0) {
      fprintf(stderr, "second server: %s is left behind\n", dir);
    }
  }
}
