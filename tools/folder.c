/* Lists folders. Knows the file system; knows nothing of what the names mean. */
#include "folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>
#include <sys/stat.h>

#include "alloc.h"

static void add_entry(folder *f, const char *dir, const char *name)
{
  struct stat st;
  char *path = alloc_path(dir, name);
  bool is_folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
  free(path);
  f->entries = alloc_one_more(f->entries, &f->capacity, f->count, sizeof f->entries[0]);
  f->entries[f->count++] = (folder_entry){alloc_string(name, strlen(name)), is_folder};
}

static int by_name(const void *a, const void *b)
{
  return strcmp(((const folder_entry *)a)->name, ((const folder_entry *)b)->name);
}

int folder_read(folder *f, const char *path, diag *d)
{
  struct dirent *entry = NULL;
  DIR *dir = opendir(path);
  *f = (folder){0};
  if (dir == NULL) {
    diag_error(d, "Give the folder that holds the migrations.", "cannot read the folder %s: %s",
               path, strerror(errno));
    return -1;
  }
  errno = 0;
  while ((entry = readdir(dir)) != NULL) {
    if (entry->d_name[0] != '.') {
      add_entry(f, path, entry->d_name);
    }
    errno = 0; /* stat of a dangling link sets it */
  }
  int error = errno;
  closedir(dir);
  if (error != 0) {
    diag_error(d, NULL, "cannot read the folder %s: %s", path, strerror(error));
    return -1;
  }
  if (f->count > 0) {
    qsort(f->entries, f->count, sizeof f->entries[0], by_name);
  }
  return 0;
}

bool folder_has(const char *dir, const char *name)
{
  struct stat st;
  char *path = alloc_path(dir, name);
  bool found = stat(path, &st) == 0;
  free(path);
  return found;
}

bool name_ends_with(const char *name, const char *suffix)
{
  size_t name_size = strlen(name);
  size_t size = strlen(suffix);
  return name_size > size && memcmp(name + name_size - size, suffix, size) == 0;
}

void folder_free(folder *f)
{
  for (size_t i = 0; i < f->count; i++) {
    free(f->entries[i].name);
  }
  free(f->entries);
  *f = (folder){0};
}
