/* old_text.c - git as a child process, without a shell; what it does not know is not found. */
#include "old_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "hash.h"

#define BLOB_ID 64 /* digits at most */

/* --- git -------------------------------------------------------------------------------------- */

static void become_git(const char *dir, const char *const *words, int to)
{
  const char *args[16] = {"git", "--no-pager", "--no-optional-locks", "-C", dir};
  int count = 5;
  int nothing = open("/dev/null", O_RDWR);
  for (int i = 0; words[i] != NULL && count < 15; i++) {
    args[count++] = words[i];
  }
  args[count] = NULL;
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDERR_FILENO);
  dup2(to, STDOUT_FILENO);
  execvp("git", (char *const *)(uintptr_t)args); /* which does not write to them */
  _exit(127);
}

static void read_all(int from, text *out)
{
  char buffer[8192];
  for (;;) {
    ssize_t size = read(from, buffer, sizeof buffer);
    if (size > 0) {
      text_put(out, buffer, (size_t)size);
    } else if (size == 0 || errno != EINTR) {
      return;
    }
  }
}

/* What `git -C dir WORDS...` prints. Returns 0 when it succeeded. */
static int git(text *out, const char *dir, const char *const *words)
{
  int ends[2];
  int status = -1;
  if (pipe(ends) != 0) {
    return -1;
  }
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    become_git(dir, words, ends[1]);
  }
  close(ends[1]);
  if (child > 0) {
    read_all(ends[0], out);
  }
  close(ends[0]);
  while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return child > 0 && status == 0 && !out->failed ? 0 : -1;
}

/* --- versions --------------------------------------------------------------------------------- */

static void without_mark(text *t)
{
  static const char mark[] = "\xef\xbb\xbf";
  size_t size = sizeof mark - 1;
  if (t->size >= size && memcmp(t->bytes, mark, size) == 0) {
    memmove(t->bytes, t->bytes + size, t->size - size + 1);
    t->size -= size;
  }
}

/* A ledger has the hash of the text as it was, or in a plain form. */
static bool has_hash(const text *t, const char *hash_wanted)
{
  static const hash_lines lines[] = {HASH_LF, HASH_AS_IS, HASH_CRLF};
  for (int bom = 0; bom < 2; bom++) {
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
      hash got = hash_text(text_string(t), t->size, bom != 0, lines[i]);
      if (strcmp(got.hex, hash_wanted) == 0) {
        return true;
      }
    }
  }
  return false;
}

static bool take_blob(old_text *o, const char *dir, const char *blob, const char *hash_wanted)
{
  const char *const words[] = {"cat-file", "blob", blob, NULL};
  text_free(&o->bytes);
  if (git(&o->bytes, dir, words) != 0) {
    return false;
  }
  without_mark(&o->bytes);
  return has_hash(&o->bytes, hash_wanted);
}

/* Copy the word at `from` into `to`; returns what is behind it. */
static const char *take_word(char *to, size_t size, const char *from)
{
  size_t length = strcspn(from, " \t\n");
  size_t kept = length < size - 1 ? length : size - 1;
  memcpy(to, from, kept);
  to[kept] = '\0';
  return from + length + (from[length] == ' ');
}

/* One line of the log: "@ COMMIT DATE", or ":MODE MODE BLOB BLOB STATUS<tab>FILE", whose second
 * blob is what the commit has. Returns whether that is the text. */
static bool take_line(old_text *o, const char *dir, const char *line, const char *hash_wanted)
{
  char word[BLOB_ID + 1];
  if (line[0] == '@') {
    const char *rest = take_word(o->commit, sizeof o->commit, line + 2);
    take_word(o->date, sizeof o->date, rest);
    return false;
  }
  if (line[0] != ':') {
    return false;
  }
  for (int i = 0; i < 4; i++) {
    line = take_word(word, sizeof word, line);
  }
  return strspn(word, "0") != strlen(word) && take_blob(o, dir, word, hash_wanted);
}

bool old_text_find(old_text *o, const char *dir, const char *file, const char *hash_wanted)
{
  const char *const words[] = {"log",          "--all", "--raw", "--no-abbrev",
                               "--no-renames", "-n",    "200",   "--format=@ %h %as",
                               "--",           file,    NULL};
  text log = {0};
  bool is_found = false;
  *o = (old_text){0};
  if (git(&log, dir, words) == 0) {
    for (const char *line = text_string(&log); *line != '\0' && !is_found;) {
      is_found = take_line(o, dir, line, hash_wanted);
      line += strcspn(line, "\n");
      line += *line == '\n';
    }
  }
  text_free(&log);
  return is_found;
}

void old_text_free(old_text *o)
{
  text_free(&o->bytes);
  *o = (old_text){0};
}
