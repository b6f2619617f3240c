/* embark: the commands, on a folder of migrations. */
#include <embark_cli.h>
#include <stddef.h>

int main(int argc, char **argv)
{
  return embark_cli(argc, argv, NULL);
}
