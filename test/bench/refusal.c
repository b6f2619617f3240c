/* refusal.c - whether the time that a refusal takes tells how much of the secret is right. Each
 * guess is held against one of the same length that has nothing right, turn by turn, so that both
 * have the same machine.
 *
 * The endpoint hears ten wrong secrets in a minute; so the clock is put forward between two tries,
 * by a time that is in neither of them. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <embark_admin.h>

#include "authorize.h"
#include "measures.h"
#include "sample.h"
#include "server.h"
#include "table.h"

#define TRIES       100000
#define WARM_UP     1000
#define LENGTH      64
#define SCHEME      7 /* bytes of "Bearer " */
#define APART_MS    7000
#define COMPARISONS 16
#define BUDGET      0.02

static const char secret[LENGTH + 1] =
    "6c1f0e5b9d3a47e2b8f60c7d1a5e934f28bb0d61f7c9e5a3407d2b86e1fc9a54";

typedef struct guess {
  const char *name;
  size_t right;                  /* so many leading bytes are */
  size_t length;                 /* of the guess */
  _Alignas(64) char header[128]; /* or where it lies in the cache would be measured */
} guess;

static guess guesses[] = {
    {"none right",                       0,          LENGTH,     ""},
    {"none right, again",                0,          LENGTH,     ""},
    {"1 of 64 bytes right",              1,          LENGTH,     ""},
    {"32 of 64 right",                   LENGTH / 2, LENGTH,     ""},
    {"63 of 64 right",                   LENGTH - 1, LENGTH,     ""},
    {"63 bytes, none right",             0,          LENGTH - 1, ""},
    {"63 bytes, all right, one missing", LENGTH - 1, LENGTH - 1, ""},
    {"65 bytes, none right",             0,          LENGTH + 1, ""},
    {"65 bytes, all right, one more",    LENGTH,     LENGTH + 1, ""},
};

#define GUESSES (sizeof guesses / sizeof guesses[0])

static int32_t taken_ns[GUESSES][TRIES];

/* --- the clock -------------------------------------------------------------------------------- */

static int64_t ahead_ms;

int __real_clock_gettime(clockid_t id, struct timespec *now);
int __wrap_clock_gettime(clockid_t id, struct timespec *now);

int __wrap_clock_gettime(clockid_t id, struct timespec *now)
{
  int failed = __real_clock_gettime(id, now);
  now->tv_sec += (time_t)(ahead_ms / 1000);
  return failed;
}

/* --- trying ----------------------------------------------------------------------------------- */

static void make_headers(void)
{
  for (size_t i = 0; i < GUESSES; i++) {
    guess *g = &guesses[i];
    snprintf(g->header, sizeof g->header, "Bearer ");
    memset(g->header + SCHEME, '_', g->length);
    memcpy(g->header + SCHEME, secret, g->right);
  }
}

/* All of what a request costs that is refused, as whoever asks would see it without a network. */
static void ask(const guess *g, int status)
{
  static const embark_bundle bundle;
  embark_admin_options admin = EMBARK_ADMIN_OPTIONS_INIT;
  embark_admin_request request = EMBARK_ADMIN_REQUEST_INIT;
  embark_admin_response response;
  admin.secret = secret;
  request.method = "POST";
  request.target = EMBARK_ADMIN_MOUNT;
  request.authorization = g->header;
  if (embark_admin_handle(NULL, &bundle, NULL, &admin, &request, &response) != EMBARK_OK ||
      response.status != status) {
    die("embark_admin_handle", "another status than was expected");
  }
  embark_admin_response_free(&response);
}

static void try_heard(const guess *g)
{
  ask(g, 401);
}

static void try_closed(const guess *g)
{
  ask(g, 429);
}

static volatile bool sink; /* so that nothing is left out because nobody looks */

/* The comparison alone, often enough for a clock to see it. */
static void try_comparison(const guess *g)
{
  for (int i = 0; i < COMPARISONS; i++) {
    sink = secret_is(secret, g->header + SCHEME, g->length);
  }
}

/* One that stops at the first difference: whether this measure would see it. */
static void try_hasty(const guess *g)
{
  for (int i = 0; i < COMPARISONS; i++) {
    const volatile char *given = g->header + SCHEME;
    size_t at = 0;
    while (at < LENGTH && given[at] == secret[at]) {
      at++;
    }
    sink = at == LENGTH && g->length == LENGTH;
  }
}

/* As is done of the ten that are heard in a minute. */
static void close_it(void)
{
  ahead_ms += 60000;
  for (int i = 0; i < 10; i++) {
    try_heard(&guesses[0]);
  }
}

/* In an order that is another each time: what came before is in the processor's memory. */
static void shuffle(size_t *order)
{
  static uint32_t state = 2463534242u;
  for (size_t i = GUESSES - 1; i > 0; i--) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    size_t other = state % (i + 1), kept = order[i];
    order[i] = order[other];
    order[other] = kept;
  }
}

static void take_turns(int i, void (*try_one)(const guess *g))
{
  static size_t order[GUESSES] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  shuffle(order);
  for (size_t turn = 0; turn < GUESSES; turn++) {
    size_t at = order[turn];
    ahead_ms += try_one == try_heard ? APART_MS : 0;
    int64_t start = sample_now_ns();
    try_one(&guesses[at]);
    taken_ns[at][i] = (int32_t)(sample_now_ns() - start);
  }
}

static void try_all(void (*try_one)(const guess *g))
{
  for (int i = 0; i < WARM_UP; i++) {
    take_turns(i, try_one);
  }
  for (int i = 0; i < TRIES; i++) {
    if (try_one == try_closed && i % 1000 == 0) {
      close_it();
    }
    take_turns(i, try_one);
  }
}

/* --- telling ---------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
  int32_t left = *(const int32_t *)a, right = *(const int32_t *)b;
  return (left > right) - (left < right);
}

static double median(size_t at)
{
  return taken_ns[at][TRIES / 2];
}

/* Without the slowest hundredth: there the machine did something else. */
static double mean(size_t at)
{
  double sum = 0;
  int kept = TRIES - TRIES / 100;
  for (int i = 0; i < kept; i++) {
    sum += taken_ns[at][i];
  }
  return sum / kept;
}

static void add_row(size_t at, size_t none, bool has_budget, const char *what, double (*of)(size_t))
{
  double ratio = of(at) / of(none);
  bool is_within = ratio > 1 - BUDGET && ratio < 1 + BUDGET;
  table_add(&(table_row){table_text("%s, %s", guesses[at].name, what),
                         table_text("%.0f ns", of(at)), table_text("%.0f ns none right", of(none)),
                         ratio, has_budget ? "0.98 to 1.02" : "",
                         has_budget ? table_judge(is_within) : NO_BUDGET});
}

static void measure(const char *title, void (*try_one)(const guess *g))
{
  size_t none = 0;
  table_section(title);
  try_all(try_one);
  for (size_t i = 0; i < GUESSES; i++) {
    qsort(taken_ns[i], TRIES, sizeof taken_ns[i][0], by_size);
  }
  for (size_t i = 1; i < GUESSES; i++) {
    if (guesses[i].length != guesses[none].length) {
      none = i;
    } else {
      add_row(i, none, try_one != try_hasty, "median", median);
      add_row(i, none, try_one != try_hasty, "mean", mean);
    }
  }
}

void measure_refusal(void)
{
  make_headers();
  measure("A wrong secret (401), by how much of it is right (100,000 tries each)", try_heard);
  close_it();
  measure("The same while too many were wrong (429)", try_closed);
  measure("16 comparisons of it alone", try_comparison);
  measure("16 comparisons that stop at the first difference: what this would look like", try_hasty);
}
