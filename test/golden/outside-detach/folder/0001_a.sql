select 1;
  alter table if exists s.t detach partition s.p concurrently;
