select 1;
  drop database if exists d;
