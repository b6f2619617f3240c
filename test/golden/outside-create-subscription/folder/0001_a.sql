select 1;
  create subscription s connection 'dbname=x' publication p with (enabled = false);
