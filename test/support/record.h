/* record.h - an event hook that writes down what it hears. */
#ifndef EMBARK_TEST_RECORD_H
#define EMBARK_TEST_RECORD_H

#include <embark.h>

/* What a test does on an event, after it is written down; NULL: nothing. Its result is the hook's.
 */
extern int (*record_react)(const embark_event *event);

/* The hook. Checks what holds for every event. */
int record_event(void *data, const embark_event *event);

/* Forget everything. */
void record_reset(void);

/* What was heard, a line each, numbers of time and process left out:
 *   "PLANNED 2", "STARTED 1/2 0000_a", "STATEMENT 1/2 0000_a 1/3", "APPLIED 1/2 0000_a",
 *   "NOTICE 00000 NOTICE hello", "LOCK_WAIT", "RETRY 1/2 0000_a 55P03",
 *   "RESUMED 1/2 0000_a 1/3", "DONE 2", "DONE 0 ahead" */
const char *record_text(void);

/* How many events of this type were heard. */
unsigned record_count(embark_event_type type);

/* The last LOCK_WAIT's holder and message. */
int32_t record_holder(void);
const char *record_message(void);

#endif
