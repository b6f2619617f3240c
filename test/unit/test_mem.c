/* The library's memory comes from where the caller says. */
#include <stdint.h>
#include <string.h>

#include "failing_alloc.h"
#include "mem.h"
#include "suite.h"

START_TEST(without_an_allocator_memory_is_the_c_librarys)
{
  char *block = embark__mem_resize(NULL, NULL, 4);
  memcpy(block, "abc", 4);
  block = embark__mem_resize(NULL, block, 1000);
  ck_assert_str_eq(block, "abc");
  embark__mem_release(NULL, block);
}
END_TEST

START_TEST(with_an_allocator_all_memory_comes_from_it_and_goes_back)
{
  failing_alloc memory;
  failing_alloc_init(&memory, 0);
  void *block = embark__mem_resize(&memory.alloc, NULL, 4);
  void *array = embark__mem_array(&memory.alloc, 3, 5);
  ck_assert_uint_eq(memory.blocks, 2);
  embark__mem_release(&memory.alloc, block);
  embark__mem_release(&memory.alloc, array);
  ck_assert_uint_eq(memory.blocks, 0);
}
END_TEST

START_TEST(an_array_is_all_zeros)
{
  unsigned char *array = embark__mem_array(NULL, 100, 7);
  for (size_t i = 0; i < 700; i++) {
    ck_assert_uint_eq(array[i], 0);
  }
  embark__mem_release(NULL, array);
}
END_TEST

START_TEST(an_array_of_nothing_is_not_out_of_memory)
{
  void *array = embark__mem_array(NULL, 0, 8);
  ck_assert_ptr_nonnull(array);
  embark__mem_release(NULL, array);
}
END_TEST

START_TEST(an_array_too_large_to_count_is_out_of_memory)
{
  failing_alloc memory;
  failing_alloc_init(&memory, 0);
  ck_assert_ptr_null(embark__mem_array(&memory.alloc, SIZE_MAX / 2, 3));
  ck_assert_uint_eq(memory.calls, 0);
}
END_TEST

START_TEST(an_allocator_that_has_none_left_is_out_of_memory)
{
  failing_alloc memory;
  failing_alloc_init(&memory, 1);
  ck_assert_ptr_null(embark__mem_array(&memory.alloc, 1, 1));
  ck_assert_ptr_null(embark__mem_resize(&memory.alloc, NULL, 1));
}
END_TEST

START_TEST(releasing_nothing_does_nothing)
{
  embark__mem_release(NULL, NULL);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("mem");
  TCase *memory = tcase_create("memory");
  tcase_add_test(memory, without_an_allocator_memory_is_the_c_librarys);
  tcase_add_test(memory, with_an_allocator_all_memory_comes_from_it_and_goes_back);
  tcase_add_test(memory, an_array_is_all_zeros);
  tcase_add_test(memory, an_array_of_nothing_is_not_out_of_memory);
  tcase_add_test(memory, an_array_too_large_to_count_is_out_of_memory);
  tcase_add_test(memory, an_allocator_that_has_none_left_is_out_of_memory);
  tcase_add_test(memory, releasing_nothing_does_nothing);
  suite_add_tcase(suite, memory);
  return suite;
}
