/* exit_status.h - how a command ends, in a number. */
#ifndef EMBARK_CLI_EXIT_STATUS_H
#define EMBARK_CLI_EXIT_STATUS_H

/* Exit statuses: documented in embark(1), never changed. */
typedef enum cli_exit {
  EXIT_DONE = 0,      /* done, or nothing to do */
  EXIT_FAILED = 1,    /* a migration failed, or something else did */
  EXIT_USAGE = 2,     /* the command line, the folder or the bundle is no good */
  EXIT_PENDING = 3,   /* migrations are pending: verify; status and plan with --exit-code */
  EXIT_DRIFT = 4,     /* bundle and ledger do not agree, and a person has to decide */
  EXIT_LOCKED = 5,    /* a lock was not to be had in time */
  EXIT_CONNECT = 6,   /* no connection, or it was lost */
  EXIT_FORBIDDEN = 7, /* a migration has a hazard that is forbidden: a person has to approve it */
  EXIT_INTERRUPTED = 130, /* by Ctrl-C or a signal like it */
} cli_exit;

/* The exit status that a code of the library leads to. */
int exit_status_of(int code);

#endif
