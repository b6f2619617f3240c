select 1;
  create unique index concurrently if not exists i on t (a);
