/* Files written whole. Knows the file system; knows nothing of what is written. */
#include "output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"

#define HINT "Nothing was changed. Check the path, its permissions and the space that is left."

static int fail(const char *path, const char *problem, diag *d)
{
  diag_error(d, HINT, "cannot write %s: %s", path, problem);
  return -1;
}

/* build/migrations.c is made as build/.migrations.c.XXXXXX: in the same folder, so that rename
 * works. */
static char *temp_name(const char *path)
{
  const char *slash = strrchr(path, '/');
  const char *base = slash != NULL ? slash + 1 : path;
  text name = {0};
  text_put(&name, path, (size_t)(base - path));
  text_printf(&name, ".%s.XXXXXX", base);
  char *copy = alloc_string(text_string(&name), name.size);
  text_free(&name);
  return copy;
}

/* mkstemp's files are for the owner alone; ours are like any other output. */
static int open_mode(int fd)
{
  mode_t mask = umask(0);
  umask(mask);
  return fchmod(fd, 0666 & ~mask);
}

int output_open(output *out, const char *path, diag *d)
{
  struct stat st;
  *out = (output){.path = path, .fd = -1};
  if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
    return fail(path, "there is a folder of that name", d);
  }
  out->temp = temp_name(path);
  out->fd = mkstemp(out->temp);
  if (out->fd < 0) {
    int error = errno;
    free(out->temp);
    out->temp = NULL;
    return fail(path, strerror(error), d);
  }
  if (open_mode(out->fd) != 0) {
    fail(path, strerror(errno), d);
    output_drop(out);
    return -1;
  }
  return 0;
}

int output_write(int fd, const char *name, const text *t, diag *d)
{
  size_t done = 0;
  if (t->failed) {
    return fail(name, "out of memory", d);
  }
  while (done < t->size) {
    ssize_t put = write(fd, t->bytes + done, t->size - done);
    if (put < 0 && errno != EINTR) {
      return fail(name, strerror(errno), d);
    }
    done += put > 0 ? (size_t)put : 0;
  }
  return 0;
}

int output_close(output *out, diag *d)
{
  int fd = out->fd;
  out->fd = -1;
  return close(fd) == 0 ? 0 : fail(out->path, strerror(errno), d);
}

int output_place(output *out, diag *d)
{
  if (rename(out->temp, out->path) != 0) {
    return fail(out->path, strerror(errno), d);
  }
  free(out->temp);
  out->temp = NULL;
  return 0;
}

void output_drop(output *out)
{
  if (out->temp == NULL) {
    return;
  }
  if (out->fd >= 0) {
    close(out->fd); /* it is removed right away */
    out->fd = -1;
  }
  unlink(out->temp);
  free(out->temp);
  out->temp = NULL;
}
