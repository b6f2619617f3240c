drop table
-- embark: allow drop-table: nobody reads it
a;
