/* drive.h - the loop around embark_run_poll(), and the clock. */
#ifndef EMBARK_ADMIN_DRIVE_H
#define EMBARK_ADMIN_DRIVE_H

#include <embark.h>
#include <stdbool.h>

/* Of a clock that only goes forward; its start means nothing. */
int64_t drive_now_us(void);
int64_t drive_now_ms(void);

bool drive_is_over(embark_poll wants);

/* Wait for what a run wants, limit_ms at most (-1: no limit). May return early. */
void drive_wait(const embark_run *run, embark_poll wants, int64_t limit_ms);

/* The error of a run that could not even be made, by the code that embark_run_start() returned. */
void drive_no_run(embark_error *err, int code);

/* Run PLAN or STATUS to its end. Returns the code; *run is to be freed in any case. */
int drive_look(embark_run **run, embark_op op, PGconn *conn, const embark_bundle *bundle,
               const embark_options *options, embark_error *err);

/* The options for it: those of the call. Nobody hears of its events. */
embark_options drive_look_options(embark_op op, const embark_options *options);

#endif
