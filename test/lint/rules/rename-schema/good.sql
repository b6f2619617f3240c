CREATE SCHEMA sales;
CREATE VIEW sales.orders AS SELECT * FROM shop.orders;
