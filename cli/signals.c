/* signals.c - signals are let in only while something waits, so that one is never missed between
 * looking and waiting. */
#include "signals.h"

#include <string.h>

static const int stop_signals[STOP_SIGNALS] = {SIGINT, SIGTERM, SIGHUP};

static volatile sig_atomic_t came;

/* The second signal finds the system's own action, which ends the process. */
static void note_signal(int signal_number)
{
  (void)signal_number;
  came = 1;
}

bool signals_came(void)
{
  return came != 0;
}

/* A signal that is ignored stays so: nohup and shells' background jobs mean it. */
void signals_take(signals *before)
{
  sigset_t stops;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note_signal;
  action.sa_flags = (int)SA_RESETHAND;
  sigemptyset(&stops);
  for (int i = 0; i < STOP_SIGNALS; i++) {
    sigaction(stop_signals[i], NULL, &before->actions[i]);
    if (before->actions[i].sa_handler != SIG_IGN) {
      sigaction(stop_signals[i], &action, NULL);
      sigaddset(&stops, stop_signals[i]);
    }
  }
  sigprocmask(SIG_BLOCK, &stops, &before->mask);
}

void signals_give_back(const signals *before)
{
  for (int i = 0; i < STOP_SIGNALS; i++) {
    sigaction(stop_signals[i], &before->actions[i], NULL);
  }
  sigprocmask(SIG_SETMASK, &before->mask, NULL);
}
