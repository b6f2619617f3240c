-- embark: no-transaction

-- here
VACUUM FULL events;
