select 1;
  vacuum analyze t;
