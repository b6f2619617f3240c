CREATE TABLE invoices (id int NOT NULL, total numeric);
