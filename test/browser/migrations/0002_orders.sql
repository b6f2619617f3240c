create table orders (
  id bigint generated always as identity primary key,
  customer bigint not null references customers (id),
  total numeric(12, 2) not null check (total >= 0)
);
comment on table orders is 'what they ask for, <b>bold</b> & "quoted" <script>document.title = ''taken''</script>';
