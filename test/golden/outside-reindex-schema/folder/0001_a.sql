select 1;
  reindex (verbose) schema s;
