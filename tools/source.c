/* Reads one file and says what is wrong with its bytes. Knows encodings; knows nothing of SQL. */
#include "source.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "utf8.h"

/* Read until the end: the size that fstat gave may be out of date by now. */
static int read_all(source *src, int fd, size_t expected)
{
  size_t capacity = expected + 2; /* one byte to see the end by, one for the NUL */
  src->bytes = alloc_bytes(capacity);
  for (;;) {
    ssize_t got = read(fd, src->bytes + src->size, capacity - 1 - src->size);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      src->bytes[src->size] = '\0';
      return (int)got;
    }
    src->size += (size_t)got;
    if (src->size == capacity - 1) {
      src->bytes = alloc_one_more(src->bytes, &capacity, capacity, 1);
    }
  }
}

static int read_file(source *src, diag *d)
{
  const char *problem = NULL;
  struct stat st;
  int fd = open(src->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 || fstat(fd, &st) != 0) {
    problem = strerror(errno);
  } else if (S_ISDIR(st.st_mode)) {
    problem = "it is a folder";
  } else if (!S_ISREG(st.st_mode)) {
    problem = "it is not a regular file";
  } else if (st.st_size < 0 || (uintmax_t)st.st_size > SIZE_MAX / 4) {
    problem = "it is too large";
  } else if (read_all(src, fd, (size_t)st.st_size) != 0) {
    problem = strerror(errno);
  }
  if (fd >= 0) {
    close(fd); /* nothing was written: there is nothing a failing close could lose */
  }
  if (problem != NULL) {
    diag_error(d, "Check the path and its permissions.", "cannot read %s: %s", src->path, problem);
    return -1;
  }
  return 0;
}

static bool begins_with(const source *src, const char *bytes, size_t size)
{
  return src->size >= size && memcmp(src->bytes, bytes, size) == 0;
}

static int check_bytes(const source *src, diag *d)
{
  if (begins_with(src, "\xff\xfe", 2) || begins_with(src, "\xfe\xff", 2)) {
    diag_error(d, "Save the file as UTF-8.", "%s: the file is UTF-16", src->path);
    return -1;
  }
  const char *nul = memchr(src->bytes, '\0', src->size);
  size_t valid = utf8_check(src->bytes, src->size);
  if (nul != NULL && (size_t)(nul - src->bytes) <= valid) {
    diag_error_at(d, src, (size_t)(nul - src->bytes),
                  "Remove it: PostgreSQL takes no NUL in a text. Is the file UTF-16 or binary?",
                  "NUL byte");
    return -1;
  }
  if (valid < src->size) {
    diag_error_at(d, src, valid, "Save the file as UTF-8.", "invalid UTF-8 (byte 0x%02x)",
                  (unsigned)(unsigned char)src->bytes[valid]);
    return -1;
  }
  return 0;
}

int source_read(source *src, const char *path, diag *d)
{
  *src = (source){.path = alloc_string(path, strlen(path))};
  if (read_file(src, d) != 0) {
    return -1;
  }
  if (begins_with(src, "\xef\xbb\xbf", 3)) {
    src->bom = true;
    src->size -= 3;
    memmove(src->bytes, src->bytes + 3, src->size + 1);
  }
  return check_bytes(src, d);
}

source_place source_find(const source *src, size_t offset)
{
  source_place place = {.line = 1, .column = 1};
  for (size_t i = 0; i < offset; i++) {
    if (src->bytes[i] == '\n') {
      place.line++;
      place.column = 1;
      place.line_start = i + 1;
    } else if (!utf8_is_continuation(src->bytes[i])) {
      place.column++;
    }
  }
  place.line_end = offset;
  while (place.line_end < src->size && src->bytes[place.line_end] != '\n') {
    place.line_end++;
  }
  return place;
}

void source_free(source *src)
{
  free(src->path);
  free(src->bytes);
  *src = (source){0};
}
