/* A folder of SQL migrations becomes a C file and its header.
 * Reads as the list of steps; every step is in a file of its own. */
#include "bundle_command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <signal.h>

#include "alloc.h"
#include "args.h"
#include "depfile.h"
#include "emit.h"
#include "gate.h"
#include "list.h"
#include "loaded.h"
#include "output.h"
#include "stale.h"

#ifndef EMBARK_VERSION
#define EMBARK_VERSION "of an unknown version" /* the Makefile gives it */
#endif

enum { EXIT_STALE = 1, EXIT_TROUBLE = 2 };

/* build/migrations.c has build/migrations.h beside it. */
static char *header_path(const char *file)
{
  char *path = alloc_string(file, strlen(file));
  path[strlen(path) - 1] = 'h';
  return path;
}

static emit_names names_of(const args *a, const char *header)
{
  const char *slash = strrchr(header, '/');
  return (emit_names){.function = a->function,
                      .symbol = a->symbol,
                      .header = slash != NULL ? slash + 1 : header,
                      .version = EMBARK_VERSION};
}

/* Open, fill and close a file that `t` is the text of. */
static int prepare(output *out, const char *path, const text *t, diag *d)
{
  if (output_open(out, path, d) != 0 || output_write(out->fd, path, t, d) != 0) {
    return -1;
  }
  return output_close(out, d);
}

static int prepare_source(output *out, const args *a, const loaded *l, const emit_names *names,
                          diag *d)
{
  if (output_open(out, a->file, d) != 0 ||
      emit_source(out->fd, a->file, loaded_bundle(l), names, d) != 0) {
    return -1;
  }
  return output_close(out, d);
}

/* All files are complete under their temporary names before the first is put in place. The
 * source file comes last: it is the one that build systems look at. */
static int write_files(const args *a, const loaded *l, diag *d)
{
  output outputs[3] = {{0}, {0}, {0}};
  text header = {0};
  text deps = {0};
  char *path = header_path(a->file);
  emit_names names = names_of(a, path);
  emit_header(&header, &names);
  depfile_put(&deps, a->file, a->dir, &l->pack);
  int status = prepare(&outputs[0], path, &header, d);
  if (status == 0 && a->depfile != NULL) {
    status = prepare(&outputs[1], a->depfile, &deps, d);
  }
  if (status == 0) {
    status = prepare_source(&outputs[2], a, l, &names, d);
  }
  for (size_t i = 0; i < 3; i++) {
    if (status == 0 && outputs[i].temp != NULL) {
      status = output_place(&outputs[i], d);
    }
    output_drop(&outputs[i]);
  }
  free(path);
  text_free(&header);
  text_free(&deps);
  return status == 0 ? EXIT_SUCCESS : EXIT_TROUBLE;
}

static int check(const args *a, const loaded *l, diag *d)
{
  static const int exits[] = {
      [STALE_NO] = EXIT_SUCCESS, [STALE_YES] = EXIT_STALE, [STALE_FAILED] = EXIT_TROUBLE};
  char *path = header_path(a->file);
  emit_names names = names_of(a, path);
  stale_result result = stale_check(a->file, path, loaded_bundle(l), &names, d);
  free(path);
  return exits[result];
}

/* Standard output may be a full disk or a closed pipe as well. */
static int print(const text *t, diag *d)
{
  if (t->failed) {
    diag_error(d, NULL, "out of memory");
    return EXIT_TROUBLE;
  }
  if (fputs(text_string(t), stdout) < 0 || fflush(stdout) != 0) {
    diag_error(d, NULL, "cannot write to standard output: %s", strerror(errno));
    return EXIT_TROUBLE;
  }
  return EXIT_SUCCESS;
}

static int list(const args *a, const pack *p, diag *d)
{
  text out = {0};
  if (a->json) {
    out.failed = list_json(&out, p) != 0;
  } else {
    list_table(&out, p);
  }
  int status = print(&out, d);
  text_free(&out);
  return status;
}

static int bundle(const args *a, diag *d)
{
  loaded l = {0};
  int status = EXIT_TROUBLE;
  if (loaded_build(&l, a->dir, &a->pack, d) == 0 &&
      (!a->lint || gate_pass(&l.pack, a->since, d) == 0)) {
    status = a->mode == ARGS_WRITE   ? write_files(a, &l, d)
             : a->mode == ARGS_CHECK ? check(a, &l, d)
             : a->mode == ARGS_LIST  ? list(a, &l.pack, d)
                                     : EXIT_SUCCESS;
  }
  loaded_free(&l);
  return status;
}

static int say(args_mode mode, diag *d)
{
  text out = {0};
  if (mode == ARGS_HELP) {
    args_put_help(&out, diag_program(d));
  } else {
    text_printf(&out, "%s %s\n", diag_program(d), EMBARK_VERSION);
  }
  int status = print(&out, d);
  text_free(&out);
  return status;
}

static const char *program_name(int argc, char **argv)
{
  const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
  return slash != NULL ? slash + 1 : argc > 0 ? argv[0] : NULL;
}

int bundle_command(int argc, char **argv)
{
  args a = {0};
  diag d = {.program = program_name(argc, argv)};
  int status = EXIT_TROUBLE;
  signal(SIGPIPE, SIG_IGN); /* a write that cannot be done shall be an error, */
  signal(SIGXFSZ, SIG_IGN); /* not an end with temporary files left behind */
  if (args_read(&a, argc, argv, &d) == 0) {
    status = a.mode == ARGS_HELP || a.mode == ARGS_VERSION ? say(a.mode, &d) : bundle(&a, &d);
  }
  fputs(text_string(&d.out), stderr);
  diag_free(&d);
  args_free(&a);
  return status;
}
