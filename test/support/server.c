/* server.c - servers of a test's own. Knows test/wire/server, which makes them; and how to kill. */
#include "server.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libpq-fe.h>

#define MOST_CHILDREN 300

/* Not an assertion: unchecked fixtures run outside of any test. The folder goes with the throwaway
 * cluster's. */
static void give_up(server *s, const char *what)
{
  fprintf(stderr, "server of the test: %s; see %s.log\n", what, s->dir);
  server_end(s, SIGQUIT);
  exit(EXIT_FAILURE);
}

/* Beside the throwaway cluster, so that it is deleted with that whatever happens to us. */
static void choose_place(server *s, const char *kind)
{
  const char *beside = getenv("EMBARK_PGDATA");
  const char *port = getenv("PGPORT");
  static unsigned number;
  *s = (server){0};
  if (beside == NULL || port == NULL) {
    give_up(s, "run me with scripts/throwaway-postgres");
  }
  snprintf(s->kind, sizeof s->kind, "%s", kind);
  snprintf(s->dir, sizeof s->dir, "%.*s/%s.%ld.%u", (int)(strrchr(beside, '/') - beside), beside,
           kind, (long)getpid(), ++number);
  snprintf(s->address, sizeof s->address, "host=%s port=%s", s->dir, port);
}

/* Begin the script; its process becomes the server. `option` may be NULL. */
static pid_t spawn(const server *s, const char *option)
{
  pid_t pid = fork();
  if (pid == 0) {
    setenv("PASSWORD", SERVER_PASSWORD, 1);
    if (option == NULL) {
      execl("test/wire/server", "server", s->kind, s->dir, (char *)NULL);
    } else {
      execl("test/wire/server", "server", option, s->kind, s->dir, (char *)NULL);
    }
    _exit(127);
  }
  return pid;
}

void server_make(server *s, const char *kind)
{
  int status = -1;
  choose_place(s, kind);
  pid_t maker = spawn(s, "--make");
  if (maker < 0 || waitpid(maker, &status, 0) != maker || status != 0) {
    give_up(s, "it could not be made");
  }
}

/* Returns 0, or -1 when it ended. */
static int await(server *s)
{
  for (int tries = 0; tries < 6000; tries++) {
    if (PQping(s->address) == PQPING_OK) {
      return 0;
    }
    if (waitpid(s->pid, NULL, WNOHANG) != 0) {
      s->pid = 0;
      return -1;
    }
    poll(NULL, 0, 20);
  }
  give_up(s, "it does not answer");
  return -1;
}

void server_await(server *s)
{
  if (await(s) != 0) {
    give_up(s, "it ended");
  }
}

void server_start(server *s)
{
  /* That of a test that failed may not be gone yet; then this one refuses to start. */
  for (int tries = 0; tries < 600; tries++) {
    s->pid = spawn(s, NULL);
    if (await(s) == 0) {
      return;
    }
    poll(NULL, 0, 100);
  }
  give_up(s, "it does not start");
}

void server_end(server *s, int signal)
{
  if (s->pid > 0) {
    kill(s->pid, signal);
    waitpid(s->pid, NULL, 0);
    s->pid = 0;
  }
}

/* Who started this process; 0 when it is gone. */
static pid_t parent_of(const char *pid)
{
  char path[64];
  long parent = 0;
  snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
  FILE *f = fopen(path, "r");
  if (f != NULL) {
    if (fscanf(f, "%*d (%*[^)]) %*c %ld", &parent) != 1) {
      parent = 0;
    }
    fclose(f);
  }
  return (pid_t)parent;
}

static size_t children_of(pid_t pid, pid_t *children, size_t most)
{
  size_t count = 0;
  DIR *proc = opendir("/proc");
  for (struct dirent *entry; proc != NULL && (entry = readdir(proc)) != NULL;) {
    long number = strtol(entry->d_name, NULL, 10);
    if (number > 0 && parent_of(entry->d_name) == pid && count < most) {
      children[count++] = (pid_t)number;
    }
  }
  if (proc != NULL) {
    closedir(proc);
  }
  return count;
}

void server_kill(server *s)
{
  pid_t children[MOST_CHILDREN];
  kill(s->pid, SIGSTOP); /* it must not notice that its children die, nor have more of them */
  waitpid(s->pid, NULL, WUNTRACED);
  size_t count = children_of(s->pid, children, MOST_CHILDREN);
  for (size_t i = 0; i < count; i++) {
    kill(children[i], SIGKILL);
  }
  server_end(s, SIGKILL);
}

/* "cd DIR && COMMAND". */
static int in_folder(const server *s, const char *command)
{
  char line[600];
  snprintf(line, sizeof line, "cd '%s' && %s", s->dir, command);
  return system(line) == 0 ? 0 : -1;
}

void server_save(const server *s)
{
  if (in_folder(s, "rm -rf saved && cp -a data saved") != 0) {
    abort();
  }
}

void server_restore(server *s)
{
  server_end(s, SIGQUIT);
  if (in_folder(s, "rm -rf data && cp -a saved data") != 0) {
    abort();
  }
}

void server_remove(server *s)
{
  server_end(s, SIGQUIT);
  if (s->dir[0] != '\0' && in_folder(s, "rm -rf \"$PWD\"") != 0) {
    fprintf(stderr, "second server: %s is left behind\n", s->dir);
  }
}

void server_take_over(const server *s)
{
  setenv("PGHOST", s->dir, 1);
}
