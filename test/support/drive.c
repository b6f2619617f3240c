/* drive.c - the two entrances. Knows the public header; knows nothing of what a test is about. */
#include "drive.h"

#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>

#include "keep.h"
#include "record.h"

/* Times what CK_TIMEOUT_MULTIPLIER says, 5 by default: far above what any test takes, on a machine
 * that does ten other things. Only a hang meets it. */
#define TIMEOUT_SECONDS 60

drive_entrance drive_through;
embark_options drive_options;
embark_error drive_error;
int drive_ahead;

/* --- fixtures --------------------------------------------------------------------------------- */

static void set_up(void)
{
  db_set_up();
  record_reset();
  drive_options = (embark_options)EMBARK_OPTIONS_INIT;
}

static void set_up_blocking(void)
{
  set_up();
  drive_through = DRIVE_BLOCKING;
}

static void set_up_pollable(void)
{
  set_up();
  drive_through = DRIVE_POLLABLE;
  drive_options.on_event = record_event;
}

static void tear_down(void)
{
  db_tear_down();
  keep_free_all();
}

static void add_case(Suite *suite, const char *name, SFun fixture, int count, const TTest *first,
                     va_list rest)
{
  TCase *tc = tcase_create(name);
  tcase_set_timeout(tc, TIMEOUT_SECONDS);
  tcase_set_tags(tc, name);
  tcase_add_unchecked_fixture(tc, db_make, NULL);
  tcase_add_checked_fixture(tc, fixture, tear_down);
  for (const TTest *test = first; test != NULL; test = va_arg(rest, const TTest *)) {
    tcase_add_loop_test(tc, test, 0, count);
  }
  suite_add_tcase(suite, tc);
}

Suite *drive_suite(const char *name, const TTest *first, ...)
{
  Suite *suite = suite_create(name);
  va_list tests, again;
  va_start(tests, first);
  va_copy(again, tests);
  add_case(suite, "blocking", set_up_blocking, 1, first, tests);
  add_case(suite, "pollable", set_up_pollable, 1, first, again);
  va_end(again);
  va_end(tests);
  return suite;
}

void drive_add_single(Suite *suite, const TTest *first, ...)
{
  va_list tests;
  va_start(tests, first);
  add_case(suite, "single", set_up_pollable, 1, first, tests);
  va_end(tests);
}

void drive_add_loop(Suite *suite, int count, const TTest *first, ...)
{
  va_list tests;
  va_start(tests, first);
  add_case(suite, "loop", set_up_pollable, count, first, tests);
  va_end(tests);
}

/* --- the loop --------------------------------------------------------------------------------- */

static void wait_for(const embark_run *run, embark_poll wants)
{
  struct pollfd fd = {.fd = wants == EMBARK_POLL_TIMER ? -1 : embark_run_socket(run),
                      .events = POLLIN};
  int64_t timeout = embark_run_timeout_ms(run);
  ck_assert(wants != EMBARK_POLL_TIMER || timeout >= 0);
  if (wants == EMBARK_POLL_WRITE) {
    fd.events |= POLLOUT;
  }
  ck_assert_int_ge(poll(&fd, 1, timeout > INT_MAX ? INT_MAX : (int)timeout), 0);
}

embark_poll drive_step(embark_run *run)
{
  embark_poll wants = embark_run_poll(run);
  if (wants != EMBARK_POLL_DONE && wants != EMBARK_POLL_FAILED) {
    wait_for(run, wants);
  }
  return wants;
}

/* What every error must be like. */
static void check_error(int code)
{
  const embark_error *err = &drive_error;
  ck_assert_int_eq(err->code, code);
  if (code == EMBARK_OK) {
    ck_assert_str_eq(err->message, "");
    return;
  }
  ck_assert_str_ne(err->message, "");
  ck_assert_ptr_null(strchr(err->message, '\n'));
  ck_assert_ptr_null(strstr(err->hint, "\n"));
  ck_assert(err->hint[0] != '\0' || code == EMBARK_E_ARGUMENT);
  ck_assert_int_ne(err->message[strlen(err->message) - 1], '.');
}

int drive_run(embark_run *run)
{
  embark_poll end = EMBARK_POLL_READ;
  while (end != EMBARK_POLL_DONE && end != EMBARK_POLL_FAILED) {
    end = drive_step(run);
  }
  ck_assert_int_eq(embark_run_poll(run), end);
  drive_error = *embark_run_error(run);
  drive_ahead = embark_run_ahead(run);
  ck_assert_int_eq(drive_error.code == EMBARK_OK, end == EMBARK_POLL_DONE);
  check_error(drive_error.code);
  return drive_error.code;
}

embark_run *drive_start(embark_op op, const made_bundle *made)
{
  embark_run *run = NULL;
  ck_assert_int_eq(embark_run_start(&run, op, db_conn, &made->bundle, &drive_options), EMBARK_OK);
  return run;
}

static int drive_pollable(embark_op op, PGconn *conn, const embark_bundle *bundle)
{
  embark_run *run = NULL;
  int code = embark_run_start(&run, op, conn, bundle, &drive_options);
  if (run == NULL) {
    drive_error = (embark_error){.code = code};
    return code;
  }
  ck_assert_int_eq(embark_run_error(run)->code, code);
  code = drive_run(run);
  embark_run_free(run);
  return code;
}

void drive_given(const made_bundle *made)
{
  embark_error err;
  int code = embark_migrate(db_watch, &made->bundle, NULL, &err);
  ck_assert_msg(code == EMBARK_OK, "%s\n%s", err.message, err.detail);
}

/* --- calls ------------------------------------------------------------------------------------ */

int drive_unasked(PGconn *conn, const embark_bundle *bundle)
{
  memset(&drive_error, 0x5a, sizeof drive_error);
  if (drive_through == DRIVE_POLLABLE) {
    return drive_pollable(EMBARK_MIGRATE, conn, bundle);
  }
  drive_ahead = 0;
  int code = embark_migrate(conn, bundle, &drive_options, &drive_error);
  check_error(code);
  return code;
}

int drive(const made_bundle *made)
{
  const char *before = db_session(db_conn);
  int code = drive_unasked(db_conn, &made->bundle);
  /* libpq may not have noticed yet that a connection is gone. */
  if (PQstatus(db_conn) == CONNECTION_OK && code != EMBARK_E_CONNECTION) {
    db_expect_session(db_conn, before);
  }
  return code;
}

void drive_expect(const made_bundle *made, embark_code code)
{
  int got = drive(made);
  char text[2048];
  embark_error_format(&drive_error, text, sizeof text);
  ck_assert_msg(got == (int)code, "%s instead of %s: %s", embark_code_name(got),
                embark_code_name((int)code), text);
}

void drive_ok(const made_bundle *made)
{
  drive_expect(made, EMBARK_OK);
}

int drive_op(embark_op op, const made_bundle *made)
{
  const char *before = db_session(db_conn);
  int code = drive_pollable(op, db_conn, &made->bundle);
  db_expect_session(db_conn, before);
  return code;
}

void drive_expect_error(const char *message, const char *detail, const char *hint)
{
  ck_assert_str_eq(drive_error.message, message);
  if (detail != NULL) {
    ck_assert_str_eq(drive_error.detail, detail);
  }
  if (hint != NULL) {
    ck_assert_str_eq(drive_error.hint, hint);
  }
}

void drive_expect_place(const char *tag, uint32_t statement, uint32_t line, uint32_t column)
{
  ck_assert_str_eq(drive_error.tag, tag);
  ck_assert_str_eq(drive_error.file, tag[0] != '\0' ? keep_printf("%s.sql", tag) : "");
  ck_assert_uint_eq(drive_error.statement, statement);
  ck_assert_uint_eq(drive_error.line, line);
  ck_assert_uint_eq(drive_error.column, column);
}
