-- here
REFRESH MATERIALIZED VIEW sales_by_day;
