-- embark: no-transaction
vacuum t;
copy t to stdout;
