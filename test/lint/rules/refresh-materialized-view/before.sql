CREATE TABLE sales (id bigint PRIMARY KEY, day date NOT NULL, total bigint NOT NULL);
INSERT INTO sales SELECT n, date '2026-01-01' + n, n FROM generate_series(1, 40) AS n;
CREATE MATERIALIZED VIEW sales_by_day AS SELECT day, sum(total) AS total FROM sales GROUP BY day;
CREATE UNIQUE INDEX sales_by_day_day_idx ON sales_by_day (day);
