select 1;
  drop index concurrently i;
