select 1;
  drop subscription s;
