/* crash.h - a server of the test's own that writes to the disk for certain, and the ways it dies.
 *
 * A commit that does not wait for the disk is lost for certain when crash_all() follows
 * crash_hold_log_writer(): nothing else on the server waits for it, and the process that would
 * write it down later is stopped. */
#ifndef EMBARK_TEST_CRASH_H
#define EMBARK_TEST_CRASH_H

/* Unchecked fixtures: the server, made once, and the test's database in it. */
void crash_make(void);
void crash_remove(void);

/* It runs; it does not. In checked fixtures of tests that kill it, in unchecked ones of others. */
void crash_start(void);
void crash_end(void);

/* All of it is gone at once; or it ends all sessions and itself; or the backend of db_conn dies,
 * and the server recovers by itself. */
void crash_all(void);
void crash_shut_down(void);
void crash_session(void);

/* Another process has called crash_all(). */
void crash_reap(void);

/* What need not be on the disk shall not be, from now until the server dies. Only crash_all() does
 * not wait for the stopped process. */
void crash_hold_log_writer(void);

/* The server is there again, in whatever way it went, with both connections anew. */
void crash_come_back(void);

#endif
