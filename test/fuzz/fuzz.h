/* fuzz.h - what the fuzz targets have in common: the entry that libFuzzer (or replay_main.c) calls,
 * and a property that does not hold. */
#ifndef EMBARK_FUZZ_H
#define EMBARK_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The target: anything wrong ends the process. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_EXPECT(holds)                                                                         \
  do {                                                                                             \
    if (!(holds)) {                                                                                \
      fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #holds);                   \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

/* The input, taken piece by piece from its front; behind its end there are only zeros. */
typedef struct fuzz_input {
  const uint8_t *data;
  size_t size;
} fuzz_input;

static inline uint8_t fuzz_byte(fuzz_input *in)
{
  if (in->size == 0) {
    return 0;
  }
  in->size--;
  return *in->data++;
}

/* A number of so many bytes, the first the lowest. */
static inline uint64_t fuzz_number(fuzz_input *in, unsigned bytes)
{
  uint64_t number = 0;
  for (unsigned i = 0; i < bytes; i++) {
    number |= (uint64_t)fuzz_byte(in) << (8 * i);
  }
  return number;
}

#endif
