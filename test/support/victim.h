/* victim.h - a process that migrates and is killed on the way. */
#ifndef EMBARK_TEST_VICTIM_H
#define EMBARK_TEST_VICTIM_H

#include <sys/types.h>
#include <embark.h>

#include "bundle_make.h"

/* A process that migrates the test's database with the test's options, on connections whose
 * application_name is "victim". It ends with the call's code. */
pid_t victim_start(const made_bundle *made);

/* Kill it, and wait until it is gone and no session of its is idle: what is left is at work. */
void victim_kill(pid_t victim);

/* Wait for its end. Returns the code. */
int victim_wait(pid_t victim);

/* Migrate in a process that is killed at the first event of this type, for statement `statement`
 * (0: any) of migration `tag` (NULL: any). Fails the test where it is not. */
void victim_dies(const made_bundle *made, embark_event_type type, const char *tag,
                 uint32_t statement);

/* As above, but at the `count`-th event of all. Returns 0 when there are not so many. */
int victim_dies_at(const made_bundle *made, unsigned count);

/* Wait until the victim runs a statement that begins with `text`, and waits for somebody there. */
void victim_wait_blocked(const char *text);

/* End what the victim left at work in the server, and wait until it is gone. */
void victim_end_orphan(void);

#endif
