/* measures.h - what is measured: each function adds its section to the table. */
#ifndef EMBARK_BENCH_MEASURES_H
#define EMBARK_BENCH_MEASURES_H

void measure_noop(void);
void measure_cached(void);
void measure_crowd(void);
void measure_memory(void);
void measure_refusal(void);

/* work: a folder for files. build: where embark-bundle and libembark.so are. */
void measure_apply(const char *work);
void measure_size(const char *build, const char *work);
void measure_bundler(const char *build, const char *work);

/* What measure_apply() has this program do when started anew: connect, apply, end. */
void apply_once(unsigned count);

#endif
