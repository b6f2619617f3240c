/* G1: two bundles of different components, and two copies of the library, at once in one process.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive.h"
#include "keep.h"
#include "suite.h"

static made_bundle *two(void)
{
  return bundle_native("0000_a", "create table a (id int);\n", "0001_b",
                       "create table b ();\ninsert into a values (1);\n", NULL);
}

typedef int (*migrate_function)(PGconn *conn, const embark_bundle *bundle,
                                const embark_options *opt, embark_error *err);

typedef struct racer {
  pthread_t thread;
  migrate_function migrate;
  const embark_bundle *bundle;
  PGconn *conn;
  int code;
  embark_error err;
} racer;

static pthread_barrier_t barrier;

static void *race(void *arg)
{
  racer *r = arg;
  pthread_barrier_wait(&barrier);
  r->code = r->migrate(r->conn, r->bundle, NULL, &r->err);
  return NULL;
}

static void race_both(racer *racers)
{
  pthread_barrier_init(&barrier, NULL, 2);
  for (int i = 0; i < 2; i++) {
    racers[i].conn = db_connect("");
    ck_assert_int_eq(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
  }
  for (int i = 0; i < 2; i++) {
    ck_assert_int_eq(pthread_join(racers[i].thread, NULL), 0);
    ck_assert_msg(racers[i].code == EMBARK_OK, "%s\n%s", racers[i].err.message,
                  racers[i].err.detail);
  }
  pthread_barrier_destroy(&barrier);
}

START_TEST(g1_two_components_started_at_once_by_two_threads_apply_each_its_own)
{
  made_bundle *one = two();
  made_bundle *other = bundle_native("0000_a", "create table c (id int);\n", "0001_b",
                                     "insert into c values (1);\n", NULL);
  other->bundle.component = "other";
  for (int round = 0; round < 5; round++) {
    db_exec(db_watch, "DROP SCHEMA IF EXISTS embark CASCADE; DROP TABLE IF EXISTS a, b, c");
    racer racers[2] = {
        {.migrate = embark_migrate, .bundle = &one->bundle  },
        {.migrate = embark_migrate, .bundle = &other->bundle}
    };
    race_both(racers);
    db_expect_rows("main|2\nother|2",
                   "SELECT component, count(*) FROM embark.migrations GROUP BY 1 ORDER BY 1");
    db_expect_rows("1|1", "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM c)");
  }
}
END_TEST

/* The shared library that was built with this program, beside the folder that it is in. */
static const char *library(void)
{
  char path[4096] = "";
  ck_assert_int_gt((int)readlink("/proc/self/exe", path, sizeof path - 1), 0);
  for (int up = 0; up < 3; up++) {
    *strrchr(path, '/') = '\0';
  }
  return keep_printf("%s/libembark.so", path);
}

/* A POSIX system's dlsym() gives functions as pointers to data. */
static migrate_function load(const char *path)
{
  migrate_function function = NULL;
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  ck_assert_msg(handle != NULL, "%s", dlerror());
  void *symbol = dlsym(handle, "embark_migrate_once");
  ck_assert_ptr_nonnull(symbol);
  memcpy(&function, &symbol, sizeof function);
  return function;
}

START_TEST(g1_two_copies_of_the_library_in_one_process_apply_each_migration_once)
{
  const char *copy = keep_printf("%s.%ld.so", getenv("EMBARK_PGDATA"), (long)getpid());
  ck_assert_int_eq(system(keep_printf("cp '%s' '%s'", library(), copy)), 0);
  made_bundle *made = two();
  racer racers[2] = {
      {.migrate = load(library()), .bundle = &made->bundle},
      {.migrate = load(copy),      .bundle = &made->bundle}
  };
  unlink(copy);
  ck_assert(racers[0].migrate != racers[1].migrate);
  ck_assert(racers[0].migrate != embark_migrate_once);
  race_both(racers);
  db_expect_rows("1", "SELECT count(*) FROM a");
  db_expect_rows("2", "SELECT count(*) FROM embark.migrations");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("twice");
  drive_add_single(suite, g1_two_components_started_at_once_by_two_threads_apply_each_its_own,
                   g1_two_copies_of_the_library_in_one_process_apply_each_migration_once, NULL);
  return suite;
}
