-- embark: allow drop-table, drop-column: both
drop table a;
