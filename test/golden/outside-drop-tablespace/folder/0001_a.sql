select 1;
  drop tablespace x;
