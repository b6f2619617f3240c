select 1;
  create tablespace x location '/x';
