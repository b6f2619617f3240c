-- embark: no-transaction please
select 1;
