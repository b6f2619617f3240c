-- embark: allow no-such-rule: the linter has its say about that, not the bundler

-- embark: allow drop-table: nobody reads it
-- embark: allow drop-column: a second one
select 1;
-- embark: allow drop-table : nobody reads it

drop table a;
