/* Makes a new migration in a folder of files or of folders. Knows what a new file says;
 * scaffold_drizzle.c knows the journal, scaffold_snapshot.c what drizzle-kit keeps beside. */
#include "scaffold_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "layout.h"
#include "number.h"
#include "output.h"
#include "slug.h"

/* --- files ------------------------------------------------------------------------------------ */

int scaffold_create(scaffold *s, const char *file, const text *content)
{
  char *path = alloc_path(s->dir, file);
  int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) {
    diag_error(s->diag,
               errno == EEXIST ? "Nothing was changed. Is it a leftover? Then remove it."
                               : "Nothing was changed. Check the folder and its permissions.",
               "cannot create %s: %s", path, strerror(errno));
    free(path);
    return -1;
  }
  s->made->files[s->made->count++] = path;
  int status = output_write(fd, path, content, s->diag);
  if (close(fd) != 0 && status == 0) {
    diag_error(s->diag, "Nothing was changed. Is the disk full?", "cannot write %s: %s", path,
               strerror(errno));
    status = -1;
  }
  return status;
}

static int create_up(scaffold *s, const char *suffix)
{
  text file = {0};
  text content = {0};
  text_printf(&file, "%s%s", s->made->tag, suffix);
  text_printf(
      &content,
      "-- %s: what it does, and why\n"
      "--\n"
      "-- Directives stand above the first statement, such as \"-- embark: lock-timeout 5s\"\n"
      "-- or \"-- embark: no-transaction\". embark-bundle(1) lists them.\n\n",
      s->slug);
  int status = scaffold_create(s, text_string(&file), &content);
  text_free(&file);
  text_free(&content);
  return status;
}

static int create_down(scaffold *s, const char *suffix)
{
  text file = {0};
  text content = {0};
  text_printf(&file, "%s%s", s->made->tag, suffix);
  text_printf(&content,
              "-- Undoes %s, in one transaction.\n"
              "--\n"
              "-- Left like this it says that there is nothing to undo. Without this file the\n"
              "-- migration cannot be reverted.\n\n",
              s->made->tag);
  int status = scaffold_create(s, text_string(&file), &content);
  text_free(&file);
  text_free(&content);
  return status;
}

int scaffold_create_sql(scaffold *s, const char *up, const char *down)
{
  int status = create_up(s, up);
  return status == 0 && s->with_down ? create_down(s, down) : status;
}

/* What was made before something failed is of no use. */
static void undo(const scaffold *s)
{
  for (size_t i = 0; i < s->made->count; i++) {
    unlink(s->made->files[i]);
  }
  if (s->made_folder != NULL) {
    rmdir(s->made_folder);
  }
}

/* --- plain folders ---------------------------------------------------------------------------- */

void scaffold_set_tag(scaffold *s, const char *last, char between)
{
  text tag = {0};
  number_put_next(&tag, last, number_size(last), s->now_ms);
  text_printf(&tag, "%c%s", between, s->slug);
  s->made->tag = alloc_string(text_string(&tag), tag.size);
  text_free(&tag);
}

/* The next number in the manner of the last, and the rest of the name likewise. */
static int scaffold_plain(scaffold *s)
{
  size_t count = s->list->count;
  const char *last = count > 0 ? s->list->items[count - 1].file : "0000_";
  scaffold_set_tag(s, last, last[number_size(last)] == '-' ? '-' : '_');
  return scaffold_create_sql(s, name_ends_with(last, ".up.sql") ? ".up.sql" : ".sql", ".down.sql");
}

/* --- a folder for each ------------------------------------------------------------------------ */

static int create_folder(scaffold *s)
{
  char *path = alloc_path(s->dir, s->made->tag);
  if (mkdir(path, 0777) != 0) {
    diag_error(s->diag, "Nothing was changed. Check the folder and its permissions.",
               "cannot create the folder %s: %s", path, strerror(errno));
    free(path);
    return -1;
  }
  s->made_folder = path;
  return 0;
}

/* Numbers here are times, whatever they were at first. */
static int scaffold_folders(scaffold *s)
{
  const migration *last = &s->list->items[s->list->count - 1];
  bool is_time = last->when_ms > 0;
  scaffold_set_tag(s, is_time ? last->tag : "20000101000000", '_');
  if (create_folder(s) != 0 || scaffold_create_sql(s, "/migration.sql", "/down.sql") != 0) {
    return -1;
  }
  text from = {0};
  text to = {0};
  text_printf(&from, "%s/snapshot.json", last->tag);
  text_printf(&to, "%s/snapshot.json", s->made->tag);
  int status = scaffold_copy_snapshot(s, text_string(&from), text_string(&to));
  text_free(&from);
  text_free(&to);
  return status;
}

/* --- the folder ------------------------------------------------------------------------------- */

/* Returns 1 when it was made, 0 when it is there, or -1 with the error in `d`. */
static int make_folder(const char *dir, diag *d)
{
  if (mkdir(dir, 0777) == 0) {
    return 1;
  }
  if (errno == EEXIST) {
    return 0;
  }
  diag_error(d, "Create the folder that it lies in first.", "cannot create the folder %s: %s", dir,
             strerror(errno));
  return -1;
}

static int make(scaffold *s)
{
  migration_list list = {0};
  layout_kind kind = LAYOUT_PLAIN;
  int status = layout_read(&kind, &list, s->dir, false, s->diag);
  s->list = &list;
  if (status == 0) {
    status = kind == LAYOUT_DRIZZLE   ? scaffold_drizzle(s)
             : kind == LAYOUT_FOLDERS ? scaffold_folders(s)
                                      : scaffold_plain(s);
  }
  migration_list_free(&list);
  s->list = NULL;
  return status;
}

/* Like make(), in a folder that may not be there yet. */
static int make_all(scaffold *s)
{
  int is_new = make_folder(s->dir, s->diag);
  int status = is_new < 0 ? -1 : make(s);
  if (status != 0) {
    undo(s);
    scaffold_made_free(s->made);
  }
  free(s->made_folder);
  if (status != 0 && is_new == 1) {
    rmdir(s->dir);
  }
  return status;
}

int scaffold_new(const char *dir, const char *name, bool with_down, int64_t now_ms,
                 scaffold_made *out, diag *d)
{
  text slug = {0};
  *out = (scaffold_made){0};
  int status = slug_put(&slug, name, d);
  scaffold s = {.dir = dir,
                .slug = text_string(&slug),
                .with_down = with_down,
                .now_ms = now_ms,
                .made = out,
                .diag = d};
  if (status == 0) {
    status = make_all(&s);
  }
  text_free(&slug);
  return status;
}

void scaffold_made_free(scaffold_made *m)
{
  for (size_t i = 0; i < m->count; i++) {
    free(m->files[i]);
  }
  free(m->tag);
  free(m->changed);
  *m = (scaffold_made){0};
}
