/* G13: memory runs out inside libpq, at every place where it asks for some. The call comes back
 * with an error that is so, and the next run completes.
 *
 * The program's own malloc family takes glibc's place and hands on to it, and fails what libpq asks
 * for when a test says so. Allocators of sanitizers want that place for themselves. */
#define _GNU_SOURCE /* dl_iterate_phdr */
#include <errno.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "aftermath.h"
#include "drive.h"
#include "keep.h"
#include "suite.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_ALLOCATOR 0
#elif defined(__has_feature)
#define HAS_ALLOCATOR (!__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer))
#else
#define HAS_ALLOCATOR 1
#endif

#if HAS_ALLOCATOR && defined(__GLIBC__)

/* --- the allocator ---------------------------------------------------------------------------- */

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t size);
char *strdup(const char *text);

/* libpq's code, and what it has asked for. */
static uintptr_t libpq_begin, libpq_end;
static int counting;
static long calls, fails_at;
static int fails_on; /* all after that fail, too */

static int is_denied(const void *caller)
{
  uintptr_t at = (uintptr_t)caller;
  if (!counting || at < libpq_begin || at >= libpq_end) {
    return 0;
  }
  calls++;
  if (calls == fails_at || (fails_on && calls > fails_at)) {
    errno = ENOMEM;
    return 1;
  }
  return 0;
}

void *malloc(size_t size)
{
  return is_denied(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
  return is_denied(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
  return is_denied(__builtin_return_address(0)) ? NULL : __libc_realloc(block, size);
}

/* glibc's would ask for memory itself, and not be taken for libpq. */
char *strdup(const char *text)
{
  size_t size = strlen(text) + 1;
  char *copy = is_denied(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
  return copy != NULL ? memcpy(copy, text, size) : NULL;
}

static int find_libpq(struct dl_phdr_info *info, size_t size, void *unused)
{
  (void)size;
  (void)unused;
  if (strstr(info->dlpi_name, "libpq.so") == NULL) {
    return 0;
  }
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[i];
    if (part->p_type == PT_LOAD && (part->p_flags & PF_X) != 0) {
      libpq_begin = info->dlpi_addr + part->p_vaddr;
      libpq_end = libpq_begin + part->p_memsz;
    }
  }
  return 1;
}

/* --- one failure ------------------------------------------------------------------------------ */

/* A run in which the n-th of libpq's allocations fails. Returns 0 when there were fewer. */
static int fail_at(const made_bundle *made, unsigned given, long n, int and_after)
{
  aftermath_given(given);
  db_reconnect("application_name=under_test");
  calls = 0;
  fails_at = n;
  fails_on = and_after;
  /* Where there is no memory ever again, libpq may never say that a COPY has begun. */
  drive_options.answer_timeout_ms = and_after ? 3000 : 0;
  counting = 1;
  embark_error err;
  int code = embark_migrate(db_conn, &made->bundle, &drive_options, &err);
  counting = 0;
  int lost = PQstatus(db_conn) == CONNECTION_BAD;
  int failed = calls >= n;
  ck_assert_msg(code == EMBARK_OK || code == EMBARK_E_MEMORY ||
                    (code == EMBARK_E_CONNECTION && lost),
                "%s, connection %s, at allocation %ld: %s\n%s", embark_code_name(code),
                lost ? "lost" : "there", n, err.message, err.detail);
  ck_assert(failed || code == EMBARK_OK);
  if (!lost) {
    ck_assert_int_eq(PQtransactionStatus(db_conn), PQTRANS_IDLE);
    ck_assert_int_eq(PQpipelineStatus(db_conn), PQ_PIPELINE_OFF);
    ck_assert_int_eq(PQisnonblocking(db_conn), 0);
    ck_assert_str_eq(db_value(db_conn, "show work_mem"), "4MB");
  }
  db_disconnect();
  aftermath_expect_whole(code == EMBARK_OK ? made->bundle.migration_count : given);
  aftermath_expect_completed();
  return failed;
}

static void fail_every(const made_bundle *made, unsigned given, int and_after, long step)
{
  dl_iterate_phdr(find_libpq, NULL);
  ck_assert_uint_lt(libpq_begin, libpq_end);
  aftermath_learn(made);
  long n = 1;
  while (fail_at(made, given, n, and_after)) {
    n += aftermath_is_long() ? 1 : step;
  }
  ck_assert_int_gt(n, 10);
  if (aftermath_is_long()) {
    printf("%ld allocations in libpq, failing alone %d, after %u migrations\n", n - 1, !and_after,
           given);
  }
}

static made_bundle *three(void)
{
  return bundle_native("0000_a",
                       "create table effect (step text);\ncreate table a (id int, x text);\n"
                       "insert into effect values ('a');\n",
                       "0001_b",
                       "insert into effect values ('b');\ncopy a from stdin;\n1\tone\n\\.\n",
                       "0002_c", "set work_mem = '5MB';\ninsert into effect values ('c');\n", NULL);
}

START_TEST(g13_any_allocation_in_libpq_may_fail_when_migrations_are_applied)
{
  fail_every(three(), 0, 0, 2);
}
END_TEST

START_TEST(g13_any_allocation_in_libpq_and_all_after_may_fail_when_migrations_are_applied)
{
  fail_every(three(), 0, 1, 7);
}
END_TEST

START_TEST(g13_any_allocation_in_libpq_may_fail_when_nothing_is_to_be_done)
{
  fail_every(three(), 3, 0, 1);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("libpq_memory");
  drive_add_single(suite, g13_any_allocation_in_libpq_may_fail_when_migrations_are_applied,
                   g13_any_allocation_in_libpq_and_all_after_may_fail_when_migrations_are_applied,
                   g13_any_allocation_in_libpq_may_fail_when_nothing_is_to_be_done, NULL);
  return suite;
}

#else

START_TEST(sanitizers_have_an_allocator_of_their_own)
{
  printf("libpq_memory: skipped, for the allocator is a sanitizer's, or not glibc's\n");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("libpq_memory");
  TCase *tc = tcase_create("skipped");
  tcase_add_test(tc, sanitizers_have_an_allocator_of_their_own);
  suite_add_tcase(suite, tc);
  return suite;
}
#endif
