/* Runs `xxd -i` as a child and makes sure that it wrote what it was given. Knows processes; knows
 * nothing of C files but how xxd prints a byte. */
#include "xxd.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EXIT_NOT_FOUND = 127, EXIT_NOT_RUN = 126 }; /* as a shell says it */

static void become_xxd(int in, int out)
{
  if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0) {
    signal(SIGPIPE, SIG_DFL);
    execlp("xxd", "xxd", "-i", (char *)NULL);
  }
  _exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN);
}

/* Give it all to the child. One that dies is noticed by how it ended, so EPIPE is no news here. */
static void feed(int fd, const xxd_input *in)
{
  size_t done = 0;
  while (done < in->size) {
    ssize_t put = write(fd, in->bytes + done, in->size - done);
    if (put < 0 && errno != EINTR) {
      return;
    }
    done += put > 0 ? (size_t)put : 0;
  }
}

static int await(pid_t pid, diag *d)
{
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) {
      diag_error(d, NULL, "cannot wait for xxd: %s", strerror(errno));
      return -1;
    }
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return 0;
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NOT_FOUND) {
    diag_error(d, "Install the package xxd (on some systems it is part of vim).",
               "the program xxd was not found");
  } else if (WIFEXITED(status)) {
    diag_error(d, "Is the disk full? Nothing was changed.", "xxd failed with exit status %d",
               WEXITSTATUS(status));
  } else {
    diag_error(d, "Nothing was changed.", "xxd was ended by signal %d", WTERMSIG(status));
  }
  return -1;
}

static int run(int fd, const xxd_input *in, diag *d)
{
  int pipes[2];
  if (pipe(pipes) != 0) {
    diag_error(d, NULL, "cannot make a pipe: %s", strerror(errno));
    return -1;
  }
  pid_t pid = fork();
  if (pid == 0) {
    close(pipes[1]);
    become_xxd(pipes[0], fd);
  }
  close(pipes[0]);
  if (pid > 0) {
    feed(pipes[1], in);
  }
  close(pipes[1]);
  if (pid < 0) {
    diag_error(d, NULL, "cannot start xxd: %s", strerror(errno));
    return -1;
  }
  return await(pid, d);
}

/* Reads 0x.. values back, byte by byte of the text. */
typedef struct reader {
  const xxd_input *expected;
  size_t seen;
  int digits; /* hex digits still to come: 2 after 0x */
  unsigned value;
  char before;
} reader;

static int hex_value(char c)
{
  static const char digits[] = "0123456789abcdef";
  const char *at = c != '\0' ? strchr(digits, c) : NULL;
  return at != NULL ? (int)(at - digits) : -1;
}

/* Returns false as soon as a value is not the one that is expected. */
static bool reader_take(reader *r, char c)
{
  if (r->digits > 0) {
    int value = hex_value(c);
    r->value = r->value * 16 + (unsigned)value;
    r->digits--;
    if (value < 0 || (r->digits == 0 &&
                      (r->seen == r->expected->size || r->value != r->expected->bytes[r->seen]))) {
      return false;
    }
    r->seen += r->digits == 0;
  } else if (c == 'x' && r->before == '0') {
    r->digits = 2;
    r->value = 0;
  }
  r->before = c;
  return true;
}

/* xxd of some versions does not notice a full disk, so compare what it wrote, from `start` on. */
static bool verify(int fd, off_t start, const xxd_input *in)
{
  char buffer[65536];
  reader r = {.expected = in};
  for (;;) {
    ssize_t got = pread(fd, buffer, sizeof buffer, start);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    for (ssize_t i = 0; i < got; i++) {
      if (!reader_take(&r, buffer[i])) {
        return false;
      }
    }
    if (got <= 0) {
      return got == 0 && r.seen == in->size && r.digits == 0;
    }
    start += got;
  }
}

int xxd_write(int fd, const char *name, const xxd_input *in, diag *d)
{
  if (in->size == 0) {
    return 0;
  }
  off_t start = lseek(fd, 0, SEEK_END);
  if (start < 0 || run(fd, in, d) != 0) {
    return -1;
  }
  if (!verify(fd, start, in) || lseek(fd, 0, SEEK_END) < 0) {
    diag_error(d, "Is the disk full? Is the first xxd in PATH the real one? Nothing was changed.",
               "xxd did not write %s whole", name);
    return -1;
  }
  return 0;
}
