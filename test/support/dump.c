/* dump.c - the database from outside. Knows pg_dump's options and what of its text is random. */
#define _POSIX_C_SOURCE 200809L
#include "dump.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db.h"
#include "keep.h"

int dump_is_there(void)
{
  return access(keep_printf("%s/pg_dump", getenv("EMBARK_PGBIN")), X_OK) == 0;
}

/* The lines \restrict and \unrestrict have a random key. */
const char *dump_of_schema(void)
{
  const char *bin = getenv("EMBARK_PGBIN");
  const char *command = keep_printf("'%s/pg_dump' -s -U %s %s", bin, db_user(), db_name());
  char line[4096];
  size_t size = 1u << 20, length = 0;
  char *text = keep_zeros(size);
  FILE *out = popen(command, "r");
  ck_assert_ptr_nonnull(out);
  while (fgets(line, sizeof line, out) != NULL) {
    if (strstr(line, "restrict ") == NULL) {
      length += (size_t)snprintf(text + length, size - length, "%s", line);
      ck_assert_uint_lt(length, size);
    }
  }
  ck_assert_int_eq(pclose(out), 0);
  return text;
}
