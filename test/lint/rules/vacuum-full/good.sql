-- embark: no-transaction

VACUUM (ANALYZE) events;
