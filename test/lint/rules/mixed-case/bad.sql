-- here
CREATE TABLE userAccounts (userId uuid PRIMARY KEY);
