/* strike.h - something happens at the n-th event of a run. */
#ifndef EMBARK_TEST_STRIKE_H
#define EMBARK_TEST_STRIKE_H

/* From now on runs are recorded (record.h), and at the n-th event, from 1, `how` is called, once.
 */
void strike_at(unsigned n, void (*how)(void));

/* How many events were heard since strike_at(); `how` was called when there were n. */
unsigned strike_events(void);

/* No more of it: runs are not recorded. */
void strike_no_more(void);

#endif
