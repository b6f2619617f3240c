-- The type is the test's: without it this fails.
alter table orders add column mark text; alter table orders add column "größe 注文"	ext.mark;
