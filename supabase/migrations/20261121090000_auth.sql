-- Sign-in: what Lotse asks of the schema auth. It is Supabase's own, or is made by server/auth/schema.ts after these
-- migrations ran; so every function below names its tables in plpgsql, which looks for them only when called.

-- Owns the schema auth where it is ours, and nothing else. The App inside the process acts as this role.
do $$
begin
  if not exists (select from pg_roles where rolname = 'lotse_auth') then
    create role lotse_auth nologin noinherit;
  end if;
end
$$;

grant lotse_auth to current_user;

-- An access token outlives sign-out by up to an hour; its session does not.
create function private.session_is_alive(session_id uuid, user_id uuid) returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return exists (
    select from auth.sessions s
    join auth.users u on u.id = s.user_id
    where s.id = session_is_alive.session_id
      and s.user_id = session_is_alive.user_id
      and (s.not_after is null or s.not_after > now())
      and (u.banned_until is null or u.banned_until < now())
      and u.deleted_at is null
  );
end
$$;

create function private.sessions_of(user_id uuid)
returns table (id uuid, started_at timestamptz, used_at timestamptz, user_agent text, address text)
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return query
    select s.id,
      s.created_at,
      coalesce(s.refreshed_at at time zone 'utc', s.created_at),
      coalesce(s.user_agent, ''),
      coalesce(host(s.ip), '')
    from auth.sessions s
    where s.user_id = sessions_of.user_id
      and (s.not_after is null or s.not_after > now())
    order by 3 desc
    limit 100;
end
$$;

-- The auth server sees our server's address and name; the person wants to recognise the own devices.
create function private.describe_session(session_id uuid, user_agent text, address text) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  update auth.sessions s
  set user_agent = left(describe_session.user_agent, 300),
    ip = nullif(describe_session.address, '')::inet
  where s.id = describe_session.session_id;
end
$$;

-- Refresh tokens go with their session by the foreign key.
create function private.end_session(session_id uuid, user_id uuid) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from auth.sessions s
  where s.id = end_session.session_id
    and s.user_id = end_session.user_id;
end
$$;

create function private.end_sessions(user_id uuid, except_session_id uuid default null) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from auth.sessions s
  where s.user_id = end_sessions.user_id
    and s.id is distinct from end_sessions.except_session_id;
end
$$;

create function private.user_of(email text) returns uuid
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return (
    select u.id
    from auth.users u
    where u.email = lower(user_of.email)
      and not u.is_sso_user
      and u.deleted_at is null
  );
end
$$;

-- Deactivated members count: their account stays theirs.
create function private.user_is_bound(user_id uuid) returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
  return exists (select from lotse.members m where m.user_id = user_is_bound.user_id)
    or exists (select from lotse.contacts c where c.user_id = user_is_bound.user_id);
end
$$;

-- Whoever signed an invited address up before, with a password of his own, loses the account: it belongs to nobody yet.
create function private.drop_unbound_user(email text) returns void
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from auth.users u
  where u.id = private.user_of(drop_unbound_user.email)
    and not private.user_is_bound(u.id);
end
$$;

revoke execute on function private.session_is_alive, private.sessions_of, private.describe_session, private.end_session,
  private.end_sessions, private.user_of, private.user_is_bound, private.drop_unbound_user
from public;

grant execute on function private.session_is_alive, private.sessions_of, private.describe_session, private.end_session,
  private.end_sessions, private.user_of, private.user_is_bound, private.drop_unbound_user
to lotse_system;
