SELECT 'it''s';
