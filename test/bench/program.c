/* program.c - other programs. */
#include "program.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server.h"

static void become(const char *database, const char *const *argv)
{
  char *copy[16];
  size_t i = 0;
  for (; argv[i] != NULL && i < 15; i++) {
    copy[i] = (char *)(uintptr_t)argv[i]; /* execvp writes to none of them */
  }
  copy[i] = NULL;
  if (database == NULL || setenv("PGDATABASE", database, 1) == 0) {
    execvp(copy[0], copy);
  }
  _exit(127);
}

void program_run(const char *database, const char *const *argv)
{
  int status = -1;
  pid_t pid = fork();
  if (pid == 0) {
    become(database, argv);
  }
  if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
    die(argv[0], "did not end well");
  }
}
