/* bundle_command.h - what embark-bundle does, and `embark bundle` too. */
#ifndef EMBARK_TOOLS_BUNDLE_COMMAND_H
#define EMBARK_TOOLS_BUNDLE_COMMAND_H

/* Do what the command line says. argv[0] is what messages call the program; of a path, what
 * follows its last slash. SIGPIPE and SIGXFSZ are ignored from then on, so that a write that
 * cannot be done is an error. Returns the exit status, as docs/man/embark-bundle.1 has it. */
int bundle_command(int argc, char **argv);

#endif
