/* The program embark-bundle: bundle_command.c is what it does. */
#include "bundle_command.h"

int main(int argc, char **argv)
{
  return bundle_command(argc, argv);
}
