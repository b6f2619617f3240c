CREATE DOMAIN humour AS mood;
