/* sample.h - times taken, and what stands in the middle of them. */
#ifndef EMBARK_BENCH_SAMPLE_H
#define EMBARK_BENCH_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

#define SAMPLE_MAX 4096

typedef struct sample {
  size_t count;
  int64_t ns[SAMPLE_MAX];
} sample;

int64_t sample_now_ns(void);

/* Add the time since `start_ns`. */
void sample_add_since(sample *s, int64_t start_ns);

/* The median in microseconds; sorts the sample. */
double sample_median_us(sample *s);

#endif
