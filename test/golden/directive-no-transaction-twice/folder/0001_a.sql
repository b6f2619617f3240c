-- embark: no-transaction
-- embark: no-transaction
select 1;
