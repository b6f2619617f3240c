-- embark: no-transaction
vacuum t;
begin;
  create index concurrently i on t (a);
commit;
