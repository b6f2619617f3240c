CREATE VIEW priced_orders AS SELECT *, price * quantity AS total FROM orders;
