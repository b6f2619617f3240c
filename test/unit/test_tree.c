/* Statements as the grammar reads them, and reading what it makes of them. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "node.h"
#include "suite.h"
#include "tree.h"

/* --- trees ------------------------------------------------------------------------------------ */

static tree parsed;

static void tear_down(void)
{
  tree_free(&parsed);
}

static bool parse(const char *sql)
{
  tree_free(&parsed);
  tree_parse(&parsed, sql);
  return tree_grammar() != NULL;
}

START_TEST(a_statement_has_its_kind_and_members)
{
  if (parse("DROP TABLE a.t")) {
    ck_assert_int_eq(parsed.state, TREE_PARSED);
    ck_assert_str_eq(parsed.kind, "DropStmt");
    ck_assert(node_is(parsed.node, "removeType", "OBJECT_TABLE"));
  }
}
END_TEST

START_TEST(what_the_grammar_does_not_take_has_its_words_and_place)
{
  if (parse("create tabel t ()")) {
    ck_assert_int_eq(parsed.state, TREE_UNKNOWN);
    ck_assert_str_eq(parsed.message, "syntax error at or near \"tabel\"");
    ck_assert_uint_eq(parsed.error_at, 7);
    ck_assert_ptr_null(parsed.node);
    ck_assert_str_eq(parsed.kind, "");
  }
}
END_TEST

START_TEST(without_a_parser_there_is_no_tree)
{
  if (!parse("select 1")) {
    ck_assert_int_eq(parsed.state, TREE_NO_PARSER);
    ck_assert_ptr_null(tree_block("do $$ begin end $$"));
  }
}
END_TEST

START_TEST(a_statement_that_is_all_data_is_not_read)
{
  size_t size = 300 * 1024;
  char *sql = alloc_bytes(size);
  memset(sql, ' ', size);
  memcpy(sql, "select 1", 8);
  sql[size - 1] = '\0';
  if (parse(sql)) {
    ck_assert_int_eq(parsed.state, TREE_TOO_LONG);
  }
  free(sql);
}
END_TEST

START_TEST(one_that_is_nested_beyond_measure_is_unknown)
{
  enum { DEEP = 5000 };
  char *sql = alloc_bytes(2 * DEEP + 16);
  memcpy(sql, "select ", 7);
  memset(sql + 7, '(', DEEP);
  sql[7 + DEEP] = '1';
  memset(sql + 8 + DEEP, ')', DEEP);
  sql[8 + 2 * DEEP] = '\0';
  if (parse(sql)) {
    ck_assert(parsed.state == TREE_UNKNOWN || parsed.state == TREE_PARSED);
  }
  free(sql);
}
END_TEST

/* --- nodes ------------------------------------------------------------------------------------ */

static json_t *root;

static void read_root(void)
{
  root =
      json_loads("{\"a\": {\"b\": {\"String\": {\"sval\": \"x\"}}, \"on\": true, \"n\": 7},"
                 " \"names\": [{\"String\": {\"sval\": \"s\"}}, {\"String\": {\"sval\": \"t\"}}],"
                 " \"kind\": {\"RangeVar\": {\"relname\": \"t\", \"location\": 12}},"
                 " \"sum\": {\"A_Expr\": {\"lexpr\": {\"A_Const\": {\"location\": 3}},"
                 " \"location\": 5}}}",
                 0, NULL);
  ck_assert_ptr_nonnull(root);
}

static void forget_root(void)
{
  json_decref(root);
}

START_TEST(a_path_leads_to_a_member)
{
  ck_assert_str_eq(node_text(root, "a.b"), "x");
  ck_assert_str_eq(node_text(root, "a.b.String.sval"), "x");
  ck_assert(node_flag(root, "a.on"));
  ck_assert_int_eq(node_number(root, "a.n"), 7);
  ck_assert(node_is(root, "kind.RangeVar.relname", "t"));
}
END_TEST

START_TEST(what_is_not_there_is_null_0_and_false)
{
  ck_assert_ptr_null(node_get(root, "a.z.b"));
  ck_assert_ptr_null(node_get(NULL, "a"));
  ck_assert_ptr_null(node_text(root, "a.n"));
  ck_assert(!node_flag(root, "a.n"));
  ck_assert_int_eq(node_number(root, "a.on"), 0);
  ck_assert(!node_is(root, "a.z", "x"));
  ck_assert_ptr_null(node_at(root, "names", 2));
  ck_assert_ptr_null(node_as(node_get(root, "kind"), "ColumnRef"));
  ck_assert_str_eq(node_kind(NULL), "");
}
END_TEST

START_TEST(names_are_read_from_their_end)
{
  ck_assert_str_eq(node_last_name(node_get(root, "names")), "t");
  ck_assert_str_eq(node_schema_name(node_get(root, "names")), "s");
  ck_assert_ptr_null(node_last_name(NULL));
}
END_TEST

START_TEST(a_place_is_the_node_s_own_or_that_of_its_first_part)
{
  ck_assert_uint_eq(node_place(node_get(root, "kind")), 12);
  ck_assert_uint_eq(node_place(node_get(root, "sum")), 5);
  ck_assert_uint_eq(node_place(node_get(root, "names")), 0);
}
END_TEST

static void count(void *data, const char *kind, json_t *node)
{
  (void)node;
  *(int *)data += strcmp(kind, "String") == 0;
}

START_TEST(every_node_is_visited)
{
  int strings = 0;
  node_each(root, count, &strings);
  ck_assert_int_eq(strings, 3);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("tree");
  TCase *trees = tcase_create("trees");
  TCase *nodes = tcase_create("nodes");
  tcase_add_checked_fixture(trees, NULL, tear_down);
  tcase_add_test(trees, a_statement_has_its_kind_and_members);
  tcase_add_test(trees, what_the_grammar_does_not_take_has_its_words_and_place);
  tcase_add_test(trees, without_a_parser_there_is_no_tree);
  tcase_add_test(trees, a_statement_that_is_all_data_is_not_read);
  tcase_add_test(trees, one_that_is_nested_beyond_measure_is_unknown);
  suite_add_tcase(suite, trees);
  tcase_add_checked_fixture(nodes, read_root, forget_root);
  tcase_add_test(nodes, a_path_leads_to_a_member);
  tcase_add_test(nodes, what_is_not_there_is_null_0_and_false);
  tcase_add_test(nodes, names_are_read_from_their_end);
  tcase_add_test(nodes, a_place_is_the_node_s_own_or_that_of_its_first_part);
  tcase_add_test(nodes, every_node_is_visited);
  suite_add_tcase(suite, nodes);
  return suite;
}
