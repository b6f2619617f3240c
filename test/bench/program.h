/* program.h - other programs, run and waited for. */
#ifndef EMBARK_BENCH_PROGRAM_H
#define EMBARK_BENCH_PROGRAM_H

/* Run argv[0], found on PATH, with PGDATABASE set to `database` unless that is NULL, and dies
 * unless it ends well. */
void program_run(const char *database, const char *const *argv);

#endif
