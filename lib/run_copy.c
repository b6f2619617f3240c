/* run_copy.c - the state COPY: a COPY ... FROM stdin and its data. libpq has no COPY in a pipeline,
 * so APPLY stops before it, in the middle of the migration's transaction, and goes on behind it. */
#include "answer.h"
#include "bundle.h"
#include "run.h"
#include "run_failure.h"

/* The data goes in pieces of this size, each when the socket has taken the one before. */
#define PIECE_BYTES 65536

static const embark_statement *statement(const embark_run *run)
{
  return &run->bundle->statements[run->sent.at.statement];
}

static int begin(embark_run *run)
{
  run->copy_begun = 1;
  run->copied = 0;
  return embark__pipeline_send_alone(&run->pipe, embark__bundle_text(run->bundle, statement(run)));
}

static int put_piece(embark_run *run)
{
  const embark_statement *s = statement(run);
  uint64_t left = s->data_length - run->copied;
  if (embark__run_is_cancelled(run) || run->trouble != TROUBLE_NONE) {
    return embark__pipeline_copy_end(&run->pipe, "the run was cancelled, or is out of memory");
  }
  if (left == 0) {
    return embark__pipeline_copy_end(&run->pipe, NULL);
  }
  int size = left < PIECE_BYTES ? (int)left : PIECE_BYTES;
  const char *data = (const char *)run->bundle->sql + s->data_offset + run->copied;
  if (embark__pipeline_copy_data(&run->pipe, data, size) != 0) {
    return -1;
  }
  run->copied += (uint64_t)size;
  return 0;
}

int embark__copy_feed(embark_run *run)
{
  int failed = 0;
  if (!run->copy_begun) {
    failed = begin(run);
  } else if (run->pipe.copying && embark__pipeline_flush(&run->pipe) == 1) {
    failed = put_piece(run);
  } else {
    return 0;
  }
  if (failed) {
    embark__run_refused(run);
  }
  return !failed;
}

void embark__copy_answer(embark_run *run, const PGresult *res)
{
  if (run->pipe.copying || run->trouble != TROUBLE_NONE) {
    return;
  }
  if (embark__answer_is_error(res)) {
    embark__failure_classify(run, res);
    return;
  }
  embark__cursor_next(&run->sent);
  embark__apply_answer(run, res);
}

run_state embark__copy_next(embark_run *run)
{
  run->copy_begun = 0;
  return run->trouble != TROUBLE_NONE ? embark__failure_next(run) : RUN_APPLY;
}
