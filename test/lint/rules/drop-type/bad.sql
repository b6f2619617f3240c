-- here
DROP TYPE mood CASCADE;
