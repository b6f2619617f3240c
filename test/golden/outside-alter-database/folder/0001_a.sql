select 1;
  alter database d set tablespace x;
