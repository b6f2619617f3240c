/* replay_main.c - runs a fuzz target over files, without libFuzzer: `fuzz_TARGET FILE...`. Each
 * input is a block of exactly its size, so that a sanitizer or valgrind sees a read behind its end.
 * */
#include <string.h>

#include "fuzz.h"

static void replay(const char *path)
{
  FILE *file = fopen(path, "rb");
  FUZZ_EXPECT(file != NULL && fseek(file, 0, SEEK_END) == 0);
  long size = ftell(file);
  FUZZ_EXPECT(size >= 0 && fseek(file, 0, SEEK_SET) == 0);
  uint8_t *data = malloc(size > 0 ? (size_t)size : 1);
  FUZZ_EXPECT(data != NULL && fread(data, 1, (size_t)size, file) == (size_t)size);
  fclose(file);
  LLVMFuzzerTestOneInput(data, (size_t)size);
  free(data);
}

int main(int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    fprintf(stderr, "%s\n", argv[i]); /* the last one printed is the one that ended us */
    replay(argv[i]);
  }
  return 0;
}
