drop table a;
-- embark: allow drop-table: nobody reads it
