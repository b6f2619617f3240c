select 1;
  cluster (verbose);
