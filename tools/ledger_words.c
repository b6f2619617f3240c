/* ledger_words.c - the words for a ledger, held to what PostgreSQL and the library take. */
#include "ledger_words.h"

#include <stdbool.h>
#include <string.h>

#include "alloc.h"
#include "utf8.h"

int ledger_check_component(const char *option, const char *value, diag *d)
{
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
  size_t size = strlen(value);
  if (size < 1 || size > 63 || strspn(value, allowed) != size) {
    diag_error(d, "Use 1 to 63 of the letters a-z A-Z, digits, and _ . -",
               "%s: \"%s\" cannot be a component's name", option, value);
    return -1;
  }
  return 0;
}

int ledger_read_kind(embark_ledger *out, const char *option, const char *value, diag *d)
{
  static const char *const kinds[] = {[EMBARK_LEDGER_NATIVE] = "native",
                                      [EMBARK_LEDGER_DRIZZLE] = "drizzle",
                                      [EMBARK_LEDGER_DRIZZLE_TAG] = "drizzle-tag"};
  for (size_t i = EMBARK_LEDGER_NATIVE; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (strcmp(value, kinds[i]) == 0) {
      *out = (embark_ledger)i;
      return 0;
    }
  }
  diag_usage(d, "%s knows native, drizzle and drizzle-tag, not \"%s\"", option, value);
  return -1;
}

/* PostgreSQL cuts longer names off, and then the ledger would be another table. */
static bool is_catalog_name(const char *name, size_t size)
{
  bool valid = size >= 1 && size <= 63 && utf8_check(name, size) == size;
  for (size_t i = 0; i < size; i++) {
    valid = valid && (unsigned char)name[i] >= 0x20 && name[i] != '"' && name[i] != 0x7f;
  }
  return valid;
}

int ledger_read_table(char **schema, char **table, const char *option, const char *value, diag *d)
{
  const char *dot = strchr(value, '.');
  if (dot == NULL || strchr(dot + 1, '.') != NULL ||
      !is_catalog_name(value, (size_t)(dot - value)) ||
      !is_catalog_name(dot + 1, strlen(dot + 1))) {
    diag_error(d,
               "Write SCHEMA.TABLE without quotes, as the catalog has it; each at most 63 bytes.",
               "%s: \"%s\" is not a schema and a table", option, value);
    return -1;
  }
  *schema = alloc_string(value, (size_t)(dot - value));
  *table = alloc_string(dot + 1, strlen(dot + 1));
  return 0;
}
