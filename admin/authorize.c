/* Authorization. Knows the secret and the failures of the process; knows nothing of databases. */
#include "authorize.h"

#include <pthread.h>
#include <string.h>

#include "drive.h"
#include "limiter.h"
#include "span.h"

static limiter failures;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t fork_handlers = PTHREAD_ONCE_INIT;

static void before_fork(void)
{
  pthread_mutex_lock(&mutex);
}

static void after_fork(void)
{
  pthread_mutex_unlock(&mutex);
}

/* Out of memory here costs safety across fork alone, and only for a fork in the middle of a
 * judgement. A child keeps its parent's failures and counts its own. */
static void install_fork_handlers(void)
{
  (void)pthread_atfork(before_fork, after_fork, after_fork);
}

bool secret_is_usable(const char *secret)
{
  size_t size = strlen(secret);
  for (size_t i = 0; i < size; i++) {
    unsigned char c = (unsigned char)secret[i];
    if (c <= ' ' || c >= 0x7f) { /* a header has no place for others, or not the same everywhere */
      return false;
    }
  }
  return size >= EMBARK_ADMIN_SECRET_MIN;
}

bool secret_is(const char *secret, const char *given, size_t size)
{
  size_t right = strlen(secret);
  volatile size_t difference = size ^ right;
  for (size_t i = 0; i < size; i++) {
    /* Behind the secret's end its first byte is compared again: no branch, no byte beyond. */
    size_t at = i & ((size_t)0 - (size_t)(i < right));
    difference |= (size_t)((unsigned char)secret[at] ^ (unsigned char)given[i]);
  }
  return difference == 0;
}

/* Counting and closing are one step: of a thousand guesses at once no more than ten are heard. The
 * comparison was made before, so that it takes its time whether it is heard or not. */
static authorization judge(bool right, int64_t *closed_ms)
{
  int64_t now = drive_now_ms();
  pthread_once(&fork_handlers, install_fork_handlers);
  pthread_mutex_lock(&mutex);
  *closed_ms = limiter_closed_ms(&failures, now);
  if (*closed_ms == 0 && !right) {
    limiter_add(&failures, now);
  }
  pthread_mutex_unlock(&mutex);
  if (*closed_ms > 0) {
    return AUTHORIZATION_CLOSED;
  }
  return right ? AUTHORIZED : AUTHORIZATION_WRONG;
}

authorization authorize(const embark_admin_options *admin, const embark_admin_request *given,
                        const char *header, int64_t *closed_ms)
{
  *closed_ms = 0;
  if (admin->authorize != NULL) {
    return admin->authorize(admin->data, given) == 1 ? AUTHORIZED : AUTHORIZATION_REFUSED;
  }
  span credential = span_trim(span_of(header));
  if (!span_is(span_cut(&credential, ' '), "Bearer")) {
    return AUTHORIZATION_MISSING;
  }
  credential = span_trim(credential);
  return judge(secret_is(admin->secret, credential.bytes, credential.size), closed_ms);
}
