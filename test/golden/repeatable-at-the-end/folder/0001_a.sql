-- embark: no-transaction
vacuum t;
-- embark: repeatable
-- nothing follows
