/* signals.h - Ctrl-C and its like: the first is heard, the second ends the process. */
#ifndef EMBARK_CLI_SIGNALS_H
#define EMBARK_CLI_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

enum { STOP_SIGNALS = 3 };

typedef struct signals {
  sigset_t mask; /* as it was: what to wait under, so that a signal ends the wait */
  struct sigaction actions[STOP_SIGNALS];
} signals;

/* From here on they are kept back, but where `before->mask` is in force. */
void signals_take(signals *before);

void signals_give_back(const signals *before);

/* Whether one came, ever. */
bool signals_came(void);

#endif
