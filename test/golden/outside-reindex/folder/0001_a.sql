select 1;
  reindex (verbose, concurrently) table t;
