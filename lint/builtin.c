/* Knows names, and nothing of how they are used. */
#include "builtin.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
/* Sorted. Those that migrations call; what is not here is taken for unknown, which is safe. */
static const char *const names[] = {
    "abs", "age", "array_agg", "array_append", "array_length", "array_position", "array_remove",
    "array_to_string", "array_upper", "avg", "bool_and", "bool_or", "btrim", "cardinality",
    "ceil", "char_length", "clock_timestamp", "col_description", "concat", "concat_ws",
    "convert_from", "convert_to", "count", "crypt", "current_database", "current_schema",
    "current_schemas", "current_setting", "currval", "date_part", "date_trunc", "decode",
    "digest", "encode", "every", "exists", "floor", "format", "format_type", "gen_random_bytes",
    "gen_random_uuid", "gen_salt", "generate_series", "generate_subscripts",
    "has_column_privilege", "has_database_privilege", "has_function_privilege",
    "has_schema_privilege", "has_table_privilege", "hmac", "initcap", "json_agg",
    "json_array_elements", "json_array_elements_text", "json_array_length", "json_build_array",
    "json_build_object", "json_each", "json_each_text", "json_object_agg", "json_object_keys",
    "jsonb_agg", "jsonb_array_elements", "jsonb_array_elements_text", "jsonb_array_length",
    "jsonb_build_array", "jsonb_build_object", "jsonb_each", "jsonb_each_text",
    "jsonb_object_agg", "jsonb_object_keys", "jsonb_set", "jsonb_strip_nulls", "jsonb_typeof",
    "lastval", "left", "length", "lower", "lpad", "ltrim", "make_interval", "max", "md5", "min",
    "mod", "nextval", "now", "obj_description", "pg_advisory_lock", "pg_advisory_unlock",
    "pg_advisory_unlock_all", "pg_advisory_xact_lock", "pg_backend_pid", "pg_current_xact_id",
    "pg_get_constraintdef", "pg_get_expr", "pg_get_functiondef", "pg_get_indexdef",
    "pg_get_serial_sequence", "pg_get_triggerdef", "pg_get_viewdef", "pg_notify",
    "pg_relation_size", "pg_sleep", "pg_table_is_visible", "pg_total_relation_size",
    "pg_try_advisory_lock", "pg_try_advisory_xact_lock", "pg_typeof", "position", "power",
    "quote_ident", "quote_literal", "quote_nullable", "random", "regexp_matches",
    "regexp_replace", "regexp_split_to_array", "regexp_split_to_table", "repeat", "replace",
    "reverse", "right", "round", "row_number", "rpad", "rtrim", "set_config", "setval",
    "setweight", "sha256", "similarity", "split_part", "starts_with", "statement_timestamp",
    "string_agg", "string_to_array", "strpos", "substr", "substring", "sum", "timezone",
    "to_char", "to_date", "to_json", "to_jsonb", "to_number", "to_regclass", "to_regnamespace",
    "to_regproc", "to_regprocedure", "to_regrole", "to_regtype", "to_timestamp", "to_tsquery",
    "to_tsvector", "transaction_timestamp", "translate", "trim", "txid_current", "unaccent",
    "unnest", "upper", "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v4",
    "uuid_generate_v5", "uuid_generate_v7", "uuidv4", "uuidv7", "version",
};
/* clang-format on */

static int compare(const void *name, const void *element)
{
  return strcmp(name, *(const char *const *)element);
}

bool builtin_is_harmless(const char *name)
{
  return bsearch(name, names, sizeof names / sizeof names[0], sizeof names[0], compare) != NULL;
}

bool builtin_is_serial(const char *type)
{
  static const char *const serial[] = {"serial",  "bigserial", "smallserial",
                                       "serial4", "serial8",   "serial2"};
  for (size_t i = 0; type != NULL && i < sizeof serial / sizeof serial[0]; i++) {
    if (strcmp(type, serial[i]) == 0) {
      return true;
    }
  }
  return false;
}
