CREATE TABLE app.orders (id uuid PRIMARY KEY);
