-- here
DROP SEQUENCE ticket_numbers;
