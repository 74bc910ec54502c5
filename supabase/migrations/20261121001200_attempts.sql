-- Limits on what a stranger can call, counted here because processes and bundles share no memory. Unlogged: after a
-- crash the counters start anew.

create unlogged table lotse.attempts (
  bucket text not null check (length(bucket) <= 300),
  window_start timestamptz not null,
  count int not null default 1,
  primary key (bucket, window_start)
);

create index attempts_age on lotse.attempts (window_start);

alter table lotse.attempts enable row level security;

grant select, insert, update, delete on lotse.attempts to lotse_system;

create policy system_all on lotse.attempts to lotse_system
using (true)
with check (true);
