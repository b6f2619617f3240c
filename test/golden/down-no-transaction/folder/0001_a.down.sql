-- embark: lock-timeout 2s
-- embark: no-transaction
drop index concurrently i;
