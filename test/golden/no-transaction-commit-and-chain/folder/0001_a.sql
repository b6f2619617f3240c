-- embark: no-transaction
begin;
insert into t values (1);
end work and chain;
commit;
