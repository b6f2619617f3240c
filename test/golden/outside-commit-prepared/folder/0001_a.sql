select 1;
  commit prepared 'x';
