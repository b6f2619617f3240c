create table customers (
  id bigint generated always as identity primary key,
  email text not null,
  name text not null default ''
);
create unique index customers_email on customers (lower(email));

-- Of an older program. 0005 drops it.
create table visits (
  at timestamptz not null default now(),
  path text not null
);
