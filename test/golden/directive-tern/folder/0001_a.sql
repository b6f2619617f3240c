CREATE TABLE a ();

---- create above / drop below ----

DROP TABLE a;
