copy (select 1, 2) to stdout;
