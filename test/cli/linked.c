/* linked.c - a program that carries its migrations, for tests: linked DIR HAZARDS COMMAND ... is
 * `embark COMMAND ...` with the bundle that `embark-bundle DIR --forbid HAZARDS` would have
 * compiled into it. */
#include <embark_cli.h>
#include <stdio.h>

#include "hazard_words.h"
#include "loaded.h"

int main(int argc, char **argv)
{
  static char name[] = "linked";
  pack_options options = {.component = "main", .adopt = EMBARK_ADOPT_REFUSE};
  loaded l = {0};
  diag d = {.program = name};
  int status = 2;
  if (argc < 4) {
    fprintf(stderr, "usage: linked DIR HAZARDS COMMAND ...\n");
    return status;
  }
  if (hazards_read(&options.forbid, "HAZARDS", argv[2], &d) == 0 &&
      loaded_build(&l, argv[1], &options, &d) == 0) {
    argv[2] = name;
    status = embark_cli(argc - 2, argv + 2, loaded_bundle(&l));
  } else {
    fprintf(stderr, "%s", text_string(&d.out));
  }
  loaded_free(&l);
  diag_free(&d);
  return status;
}
