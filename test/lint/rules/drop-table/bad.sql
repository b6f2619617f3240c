-- here
DROP TABLE legacy_orders;
