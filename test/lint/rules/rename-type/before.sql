CREATE TYPE mood AS ENUM ('fine', 'tired');
