/* sys.h - the operating system: clock, waiting, threads' cancelling, and nothing else. L0. */
#ifndef EMBARK_SYS_H
#define EMBARK_SYS_H

#include <stdint.h>

/* Milliseconds of a clock that only goes forward; its start means nothing. */
int64_t embark__sys_now_ms(void);

/* Wait until the socket is readable, or writable too when `writable`, or timeout_ms have passed
 * (-1: no limit). A socket of -1 just waits. May return early, for a signal or for no reason.
 * Returns 0, or -1 when the system cannot wait on this socket. */
int embark__sys_wait(int socket, int writable, int64_t timeout_ms);

/* 1 when the socket is readable, or writable where that is asked, or broken; does not wait. */
int embark__sys_ready(int socket, int writable);

/* End the connection of a socket in both directions; the socket itself stays open. */
void embark__sys_hang_up(int socket);

/* Have pthread_cancel() of this thread wait until it is allowed again; returns how it was. */
int embark__sys_hold_cancel(void);
void embark__sys_allow_cancel(int before);

/* A number that differs between processes, threads and calls: for jitter, not for secrets. */
uint32_t embark__sys_jitter(const void *salt);

#endif
