-- here
ALTER TYPE mood RENAME VALUE 'tired' TO 'weary';
