-- embark: allow drop-table
drop table a;
