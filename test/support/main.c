/* Runs the one suite of a test program. Knows Check; knows nothing of what is tested. */
#include <stdlib.h>

#include "suite.h"

int main(void)
{
  SRunner *runner = srunner_create(test_suite());
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
