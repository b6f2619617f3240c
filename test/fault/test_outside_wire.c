/* G8, G11: the wire is cut after any byte while migrations run without a transaction, that of the
 * connection which runs them or that of the one which holds the lock, alone. The call comes back,
 * and the next run goes on where this one was. */
#include <stdio.h>

#include "drive.h"
#include "long_tests.h"
#include "mixture.h"
#include "proxy.h"
#include "record.h"
#include "suite.h"

/* Which connection: the host's, or the first that Embark makes. */
enum { MAIN, KEEPER };

/* The strides are primes, so that the cuts fall into every part of a message. A request
 * of which a part is missing is none, so a campaign cuts answers more finely. */
typedef struct campaign {
  embark_ledger kind;
  unsigned whose;
  proxy_fault fault;
  int tcp;
  size_t requests, answers; /* every so many bytes of them */
  size_t long_requests, long_answers;
} campaign;

static made_bundle *made;
static unsigned long cuts, errors;

/* --- one cut ---------------------------------------------------------------------------------- */

static void prepare(const campaign *c, proxy_way way, size_t after)
{
  proxy_drop();
  mixture_empty();
  db_reconnect(proxy_address(c->tcp));
  record_reset();
  proxy_arm_one(c->whose, way, after, c->fault);
}

static void expect_code(const campaign *c, size_t after, int code)
{
  int may_be = code == EMBARK_OK || code == EMBARK_E_CONNECTION ||
               (c->whose == KEEPER && code == EMBARK_E_KEEPER);
  ck_assert_msg(may_be, "%s after %zu bytes: %s\n%s", embark_code_name(code), after,
                drive_error.message, drive_error.detail);
  ck_assert_msg(proxy_has_struck() || code == EMBARK_OK, "lost before it was cut: %s",
                drive_error.detail);
  errors += code != EMBARK_OK;
}

/* Returns 0 when the dialogue was over before. */
static int cut(const campaign *c, proxy_way way, size_t after)
{
  prepare(c, way, after);
  const char *before = c->whose == KEEPER ? db_session(db_conn) : "";
  drive_through = after % 2 == 0 ? DRIVE_BLOCKING : DRIVE_POLLABLE;
  int code = drive_unasked(db_conn, &made->bundle);
  int struck = proxy_has_struck();
  expect_code(c, after, code);
  if (c->whose == KEEPER) {
    db_expect_session(db_conn, before);
  }
  if (code == EMBARK_E_KEEPER) {
    db_expect_tables("");
  }
  db_disconnect();
  mixture_expect_true();
  mixture_complete(made);
  return struck;
}

/* --- everywhere ------------------------------------------------------------------------------- */

static size_t measure(const campaign *c, proxy_way way)
{
  prepare(c, way, (size_t)-1);
  ck_assert_int_eq(drive_unasked(db_conn, &made->bundle), EMBARK_OK);
  size_t total = proxy_passed(way);
  mixture_expect_complete(made);
  ck_assert_uint_gt(total, 0);
  return total;
}

static size_t stride_of(const campaign *c, proxy_way way)
{
  size_t usual = way == PROXY_REQUESTS ? c->requests : c->answers;
  size_t fine = way == PROXY_REQUESTS ? c->long_requests : c->long_answers;
  return (size_t)long_or_short((int)fine, (int)usual);
}

static void cut_everywhere(const campaign *c)
{
  proxy_start();
  made = mixture_bundle(c->kind);
  for (int way = PROXY_REQUESTS; way <= PROXY_ANSWERS; way++) {
    size_t total = measure(c, (proxy_way)way);
    size_t stride = stride_of(c, (proxy_way)way);
    cuts = errors = 0;
    for (size_t after = 1; after <= total; after += stride) {
      cuts += (unsigned)cut(c, (proxy_way)way, after);
    }
    ck_assert_uint_gt(errors, 0);
    if (long_or_short(1, 0)) {
      printf("%s, fault %d, tcp %d, %s: %lu cuts, %lu errors in %zu bytes\n",
             c->whose == MAIN ? "main" : "keeper", (int)c->fault, c->tcp,
             way == PROXY_REQUESTS ? "requests" : "answers", cuts, errors, total);
    }
  }
  proxy_stop();
}

START_TEST(g11_a_connection_closed_after_any_byte_without_a_transaction_loses_nothing)
{
  cut_everywhere(&(campaign){EMBARK_LEDGER_NATIVE, MAIN, PROXY_CLOSE, 0, 2203, 769, 11, 1});
}
END_TEST

START_TEST(g11_a_connection_reset_after_any_byte_without_a_transaction_loses_nothing)
{
  cut_everywhere(&(campaign){EMBARK_LEDGER_NATIVE, MAIN, PROXY_RESET, 1, 4999, 1999, 23, 3});
}
END_TEST

START_TEST(g11_a_connection_reset_after_any_byte_loses_nothing_of_a_drizzle_ledger)
{
  cut_everywhere(&(campaign){EMBARK_LEDGER_DRIZZLE, MAIN, PROXY_RESET, 1, 6007, 2503, 31, 7});
}
END_TEST

START_TEST(g11_a_second_connection_closed_after_any_byte_loses_nothing)
{
  cut_everywhere(&(campaign){EMBARK_LEDGER_NATIVE, KEEPER, PROXY_CLOSE, 0, 97, 149, 1, 1});
}
END_TEST

START_TEST(g11_a_second_connection_reset_after_any_byte_loses_nothing)
{
  cut_everywhere(&(campaign){EMBARK_LEDGER_DRIZZLE, KEEPER, PROXY_RESET, 1, 151, 211, 1, 1});
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("outside_wire");
  drive_add_single(suite,
                   g11_a_connection_closed_after_any_byte_without_a_transaction_loses_nothing,
                   g11_a_connection_reset_after_any_byte_without_a_transaction_loses_nothing,
                   g11_a_connection_reset_after_any_byte_loses_nothing_of_a_drizzle_ledger,
                   g11_a_second_connection_closed_after_any_byte_loses_nothing,
                   g11_a_second_connection_reset_after_any_byte_loses_nothing, NULL);
  return suite;
}
