/* sys.c - the operating system behind a few functions. All #ifdefs of a port belong here. */
#include "sys.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t embark__sys_now_ms(void)
{
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_MONOTONIC,
                &now); /* cannot fail: POSIX.1-2008 has this clock and &now is valid */
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int embark__sys_wait(int socket, int writable, int64_t timeout_ms)
{
  struct pollfd wanted = {socket, (short)(writable ? POLLIN | POLLOUT : POLLIN), 0};
  int limit = timeout_ms < 0 ? -1 : timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms;
  int ready = poll(&wanted, socket < 0 ? 0 : 1, limit);
  return ready < 0 && errno != EINTR && errno != EAGAIN ? -1 : 0;
}

int embark__sys_ready(int socket, int writable)
{
  struct pollfd wanted = {socket, (short)(writable ? POLLIN | POLLOUT : POLLIN), 0};
  return poll(&wanted, 1, 0) > 0;
}

void embark__sys_hang_up(int socket)
{
  shutdown(socket, SHUT_RDWR); /* fails only where the connection is gone already */
}

int embark__sys_hold_cancel(void)
{
  int before = PTHREAD_CANCEL_ENABLE;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before); /* cannot fail: the state is valid */
  return before;
}

void embark__sys_allow_cancel(int before)
{
  pthread_setcancelstate(before, NULL);
}

uint32_t embark__sys_jitter(const void *salt)
{
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  uint64_t x = (uint64_t)now.tv_nsec ^ ((uint64_t)getpid() << 32) ^ (uint64_t)(uintptr_t)salt;
  /* The finishing steps of a 64-bit mixing hash: close inputs give far outputs. */
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  x ^= x >> 33;
  return (uint32_t)x;
}
