-- here
ALTER TYPE mood RENAME TO humour;
