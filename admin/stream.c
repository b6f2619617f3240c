/* stream.c - what is told of a run, piece by piece, and a sign of life when there is nothing. */
#include "stream.h"

#include <stdlib.h>
#include <string.h>

#include "drive.h"

#define SILENCE_MS 5000

static const char sign_of_life[] = ":\n\n"; /* a comment, which listeners pass over */

struct stream {
  attempt *attempt;
  bool is_owner;
  size_t at;           /* how much of what was told is read */
  const char *pending; /* of a sign of life */
  int64_t read_ms;     /* when something was last read */
};

stream *stream_new(void)
{
  return calloc(1, sizeof(stream));
}

void stream_join(stream *s, attempt *a, bool is_owner)
{
  s->attempt = a;
  s->is_owner = is_owner;
  s->read_ms = drive_now_ms();
}

/* A sign of life is sent to its end before anything else. */
static size_t take_pending(stream *s, char *buffer, size_t size)
{
  size_t left = strlen(s->pending);
  size_t taken = left < size ? left : size;
  memcpy(buffer, s->pending, taken);
  s->pending = taken < left ? s->pending + taken : NULL;
  return taken;
}

/* When the wait ends: as the host says, or when a sign of life is due. */
static int64_t end_of_wait(const stream *s, int64_t wait_ms)
{
  int64_t now = drive_now_ms();
  int64_t due = s->read_ms + SILENCE_MS;
  int64_t left = wait_ms > 0 ? wait_ms : 0;
  return now >= due || left > due - now ? due : now + left;
}

int stream_read(stream *s, char *buffer, size_t size, int64_t wait_ms, size_t *got)
{
  bool has_ended = false;
  if (size == 0) {
    *got = 0;
    return 1;
  }
  if (s->pending == NULL) {
    *got = attempt_read(s->attempt, s->at, buffer, size, end_of_wait(s, wait_ms), &has_ended);
    s->at += *got;
    if (*got == 0 && !has_ended && drive_now_ms() - s->read_ms >= SILENCE_MS) {
      s->pending = sign_of_life;
    }
  }
  if (s->pending != NULL) {
    *got = take_pending(s, buffer, size);
  }
  if (*got > 0) {
    s->read_ms = drive_now_ms();
  }
  return !has_ended;
}

void stream_free(stream *s)
{
  if (s != NULL && s->attempt != NULL) {
    attempt_leave(s->attempt, s->is_owner);
  }
  free(s);
}
