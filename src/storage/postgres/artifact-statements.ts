import { prepared } from './prepared-statement.js';

/**
 * The statements of the artifact store. They take arrays, so that what concurrent requests ask for travels together.
 * Times are epoch seconds.
 */

const isLive = 'a.expires_at is null or a.expires_at > to_timestamp(?)';

/** Bindings: ids, oldest expiry. Served by artifacts_pkey and artifacts_uid_unique. */
export const FIND = prepared(
  'artifacts_find',
  `
  select k.ord::int4,
    a.id, a.payload, extract(epoch from a.consumed_at)::float8, a.version,
    g.id, g.payload, g.version,
    s.id, s.payload, s.version
  from unnest(?::bytea[]) with ordinality as k (id, ord)
  cross join lateral (select * from artifacts where id = k.id limit 1) a
  left join lateral (select id, payload, version from artifacts where id = a.grant_id limit 1) g on true
  left join lateral (select id, payload, version from artifacts where uid = a.session_uid limit 1) s on true
  where (${isLive}) and (a.grant_id is null or g.id is not null)`,
);

/** Bindings: uid, oldest expiry. Served by artifacts_uid_unique. */
export const FIND_BY_UID = prepared(
  'artifacts_by_uid',
  `
  select a.id, a.payload, extract(epoch from a.consumed_at)::float8, a.version
  from artifacts a where a.uid = ? and (${isLive})`,
);

/** Bindings: user code, oldest expiry. Served by artifacts_user_code_unique. */
export const FIND_BY_USER_CODE = prepared(
  'artifacts_by_user_code',
  `
  select a.id, a.payload, extract(epoch from a.consumed_at)::float8, a.version
  from artifacts a where a.user_code = ? and (${isLive})`,
);

/** Bindings: ids, grants, uids. Served by artifacts_pkey, artifacts_grant_id_index, artifacts_uid_unique. */
export const REMOVE = prepared(
  'artifacts_remove',
  `
  delete from artifacts
  where id = any (?::bytea[]) or grant_id = any (?::bytea[]) or uid = any (?::bytea[])`,
);

const columns =
  'id, model, payload, expires_at, grant_id, uid, user_code, session_uid, account_id, client_id';

/**
 * Uses up the guards, then writes for those units whose guard was won, or that have none: one statement, hence atomic.
 * What is removed goes whether or not the guard was won. No row may be named twice: the parts see the same state.
 * Bindings: ids and uids to remove, now, guards' units, guards' ids, then an array for each column of `w`.
 * Answers the units whose guard was won and the writes that replaced a row.
 */
export const WRITE = prepared(
  'artifacts_write',
  `
  with removed as (
    delete from artifacts where id = any (?::bytea[]) or uid = any (?::bytea[])
  ), consumed as (
    update artifacts a set consumed_at = to_timestamp(?), version = a.version + 1
    from unnest(?::int4[], ?::bytea[]) as c (unit, id)
    where a.id = any (array[c.id]) and a.consumed_at is null
    returning c.unit
  ), w as (
    select * from unnest(
      ?::int4[], ?::int4[], ?::bool[], ?::bytea[], ?::int4[], ?::bytea[], ?::text[], ?::bytea[], ?::float8[],
      ?::bytea[], ?::bytea[], ?::bytea[], ?::bytea[], ?::text[], ?::text[]
    ) as w (
      ord, unit, guarded, found_id, found_version, id, model, payload, expires_at,
      grant_id, uid, user_code, session_uid, account_id, client_id
    )
    where not guarded or unit in (select unit from consumed)
  ), replaced as (
    update artifacts a set
      id = w.id, payload = w.payload, expires_at = to_timestamp(w.expires_at), grant_id = w.grant_id, uid = w.uid,
      user_code = w.user_code, session_uid = w.session_uid, account_id = w.account_id, client_id = w.client_id,
      version = a.version + 1
    from w
    where a.id = any (array[w.found_id]) and (w.found_version is null or a.version = w.found_version)
    returning w.ord
  ), inserted as (
    insert into artifacts (${columns})
    select w.id, w.model, w.payload, to_timestamp(w.expires_at), w.grant_id, w.uid, w.user_code, w.session_uid,
      w.account_id, w.client_id
    from w where w.found_id is null
    on conflict (id) do update set
      payload = excluded.payload, expires_at = excluded.expires_at, grant_id = excluded.grant_id,
      uid = excluded.uid, user_code = excluded.user_code, session_uid = excluded.session_uid,
      account_id = excluded.account_id, client_id = excluded.client_id, version = artifacts.version + 1
  )
  select array(select unit from consumed), array(select ord from replaced)`,
);

/** Bindings: one for each column. Answers a row when it was not there before. */
export const INSERT_UNIQUE = prepared(
  'artifacts_insert_unique',
  `
  insert into artifacts (${columns})
  values (?, ?, ?, to_timestamp(?), ?, ?, ?, ?, ?, ?)
  on conflict (id) do nothing returning 1`,
);

/** Bindings: newest expiry to go, limit. Served by artifacts_expires_at_index; cleaners do not wait for each other. */
export const PURGE = `
  delete from artifacts where id = any (array(
    select id from artifacts where expires_at <= to_timestamp(?)
    order by expires_at limit ? for update skip locked
  ))`;

/**
 * Bindings: account, and twice the hashes of what stays: uids of sessions, ids of interactions. Ends its sessions and grants, and all that hangs on the
 * grants.
 * Served by artifacts_account_id_index, artifacts_grant_id_index.
 */
export const REVOKE_ACCOUNT = `
  with roots as (delete from artifacts where account_id = ? and uid <> all (?) is not false and id <> all (?) returning id, model),
  dependents as (delete from artifacts where grant_id in (select id from roots where model = 'Grant') returning 1)
  select (select count(*) from roots)::int4 + (select count(*) from dependents)::int4 as removed`;

/** Ends all that was issued to an account or a client. The whole table is read. */
export const REVOKE_EVERYTHING = `
  with removed as (
    delete from artifacts where account_id is not null or client_id is not null or grant_id is not null returning 1
  )
  select count(*)::int4 as removed from removed`;

/** Bindings: client. Served by artifacts_client_id_index, artifacts_grant_id_index. */
export const REVOKE_CLIENT = REVOKE_ACCOUNT.replace(
  'account_id = ? and uid <> all (?) is not false and id <> all (?)',
  'client_id = ?',
);
