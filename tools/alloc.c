/* Memory that is there or the program ends. Knows nothing of who asks. */
#include "alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *block)
{
  if (block == NULL) {
    fputs("embark: out of memory\n", stderr);
    exit(2);
  }
  return block;
}

void *alloc_bytes(size_t size)
{
  return checked(malloc(size > 0 ? size : 1));
}

char *alloc_string(const char *bytes, size_t size)
{
  char *copy = alloc_bytes(size + 1);
  memcpy(copy, bytes, size);
  copy[size] = '\0';
  return copy;
}

void alloc_replace(char **field, const char *string)
{
  char *copy = alloc_string(string, strlen(string));
  free(*field);
  *field = copy;
}

char *alloc_path(const char *dir, const char *name)
{
  size_t dir_size = strlen(dir);
  while (dir_size > 0 && dir[dir_size - 1] == '/') {
    dir_size--;
  }
  size_t name_size = strlen(name);
  char *path = alloc_bytes(dir_size + 1 + name_size + 1);
  memcpy(path, dir, dir_size);
  path[dir_size] = '/';
  memcpy(path + dir_size + 1, name, name_size + 1);
  return path;
}

void *alloc_one_more(void *items, size_t *capacity, size_t count, size_t item_size)
{
  if (count < *capacity) {
    return items;
  }
  size_t wanted = count < 8 ? 8 : count + count / 2;
  if (wanted > SIZE_MAX / item_size) {
    return checked(NULL);
  }
  *capacity = wanted;
  return checked(realloc(items, wanted * item_size));
}
