select 1;
  reindex index concurrently i;
