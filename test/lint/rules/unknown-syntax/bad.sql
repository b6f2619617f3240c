SET LOCAL standard_conforming_strings = off;
-- here
SELECT 'it\'s';
