-- a comment
-- embark: no-transaction
create index concurrently i on t (a);
