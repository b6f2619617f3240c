-- Ã¤
select 'ä';
