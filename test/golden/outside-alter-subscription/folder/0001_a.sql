select 1;
  alter subscription s refresh publication;
