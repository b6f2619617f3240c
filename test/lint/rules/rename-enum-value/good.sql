ALTER TYPE mood ADD VALUE 'weary';
