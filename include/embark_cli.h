/* embark_cli.h - the commands of `embark`, for a program that carries its own migrations.
 *
 * Link libembark_cli.a beside libembark. A server can then be asked about its own bundle:
 *
 *   if (argc > 1 && strcmp(argv[1], "migrate") == 0) {
 *     return embark_cli(argc - 1, argv + 1, &embark_migrations);
 *   }
 *
 * and `myserver migrate status` does what `embark status` does, without a folder.
 */
#ifndef EMBARK_CLI_H
#define EMBARK_CLI_H

#include "embark_bundle.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Carry out the command line, argv[0] being how the command is called in messages; see embark(1).
 * bundle: what to work on; NULL: the folder that --dir names. It is not copied.
 * Returns the exit status, 0 to 6 or 130, all told in embark(1). Unlike the library this writes to
 * standard output and standard error, reads the environment, takes SIGINT, SIGTERM and SIGHUP while
 * a run is on, and may end the process when memory is gone: it is meant to be what main() returns.
 * One call at a time. */
int embark_cli(int argc, char **argv, const embark_bundle *bundle);

#ifdef __cplusplus
}
#endif

#endif
