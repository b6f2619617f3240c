CREATE TABLE user_accounts (user_id uuid PRIMARY KEY);
