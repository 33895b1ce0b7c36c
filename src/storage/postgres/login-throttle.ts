import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { LoginAttempt, LoginThrottle } from '../../domain/accounts/login-throttle.js';
import { BatchLane } from './batch-lane.js';
import { prepared, runPrepared, type PreparedStatement } from './prepared-statement.js';
import { asUnavailable } from './unavailable.js';

export interface LoginThrottleLimits {
  /** Failed tries at one account or name within a window; default 10. */
  readonly perSubject?: number;
  /** Failed tries from one network within a window; default 100. */
  readonly perNetwork?: number;
}

/**
 * Bindings: subjects, pairs and networks, a place in each list for each try; now; tries allowed per subject and network.
 * Counts tries in key order, so that two batches cannot deadlock, and atomically: however many run at once, each sees a
 * count of its own. A window lasts 5 minutes. When it is used up and the next one begins within 15 minutes, that one lasts
 * 10, and the next 15. Tries that are refused do not make a window longer. Served by the primary keys.
 */
const COUNT = prepared(
  'login_attempts_count',
  `
  with tries as (
    select
      place,
      case
        when (select expires_at from login_networks where key = pair) > $4::timestamptz then pair else subject
      end as counted_at,
      network
    from unnest($1::bytea[], $2::bytea[], $3::bytea[]) with ordinality as tried (subject, pair, network, place)
  ), places as (
    select place, counted_at as key, $5::integer as allowed from tries
    union all
    select place, network, $6::integer from tries where network is not null
  ), counted as (
    insert into login_attempts as a (key, attempts, allowed, strikes, resets_at)
    select key, count(*), allowed, 0, $4::timestamptz + interval '5 minutes'
    from places
    group by key, allowed
    order by key
    on conflict (key) do update set (attempts, allowed, strikes, resets_at) = (
      select
        case when passed then excluded.attempts else least(a.attempts + excluded.attempts, 1000000) end,
        excluded.allowed,
        case when passed then next_strikes else a.strikes end,
        case when passed then $4::timestamptz + (1 + next_strikes) * interval '5 minutes' else a.resets_at end
      from (
        select
          a.resets_at <= $4::timestamptz as passed,
          case
            when a.attempts > a.allowed and a.resets_at + interval '15 minutes' > $4::timestamptz
            then least(a.strikes + 1, 2)
            else 0
          end as next_strikes
      ) as window_before
    )
    returning key, attempts, extract(epoch from resets_at - $4::timestamptz)::float8 as seconds
  )
  select
    place,
    counted.attempts - count(*) over (partition by key) + row_number() over (partition by key order by place)
      > allowed as refused,
    seconds
  from places join counted using (key)`,
);

/** The place of a try in its batch, from 1; whether it is refused there; seconds until that window ends. */
type Count = [place: number, refused: boolean, seconds: number];

const GIVE_BACK = prepared(
  'login_attempts_give_back',
  'update login_attempts set attempts = greatest(attempts - 1, 0) where key = $1',
);

/**
 * Bindings: subject, pair and network (null where there is none), now. Clears the count that was used: the one for this
 * network where it was known already, else the common one; and gives the network its try back. Rows are locked in key
 * order, as `COUNT` does. Served by the primary keys.
 */
const SUCCEED = prepared(
  'login_attempts_succeed',
  `
  with used as (
    select case
      when (select expires_at from login_networks where key = $2::bytea) > $4::timestamptz then $2::bytea else $1::bytea
    end as key
  ), locked as materialized (
    select key from login_attempts
    where key = any (array[(select key from used), $3::bytea])
    order by key for update
  ), cleared as (
    delete from login_attempts where key = any (array(select key from locked)) and key <> coalesce($3::bytea, '')
  ), given_back as (
    update login_attempts set attempts = greatest(attempts - 1, 0)
    where key = any (array(select key from locked where key = $3::bytea))
  )
  insert into login_networks as n (key, expires_at)
  select $2::bytea, $4::timestamptz + interval '30 days' where $2::bytea is not null
  on conflict (key) do update set expires_at = excluded.expires_at
  where n.expires_at < excluded.expires_at - interval '1 day'`,
);

/** Binding: now. Answers how many rows were removed. Served by the indexes on these times. */
const PURGE = [
  prepared(
    'login_attempts_purge',
    `
    with removed as (
      delete from login_attempts where key = any (array(
        select key from login_attempts where resets_at < $1::timestamptz - interval '15 minutes'
        order by resets_at limit 5000 for update skip locked
      )) returning 1
    ) select count(*) from removed`,
  ),
  prepared(
    'login_networks_purge',
    `
    with removed as (
      delete from login_networks where key = any (array(
        select key from login_networks where expires_at < $1::timestamptz
        order by expires_at limit 5000 for update skip locked
      )) returning 1
    ) select count(*) from removed`,
  ),
];

/** Tries that travel together at most, and that wait at most. */
const BATCH = 256;
const QUEUE = 10_000;

/**
 * Counts tries in PostgreSQL, for all processes together. Tries at one time travel together, so that a flood of guesses
 * takes no connection from anybody else. Keys are hashed: people type passwords into the wrong field.
 * @param knex the pool, never a transaction: a count must stay when something else is rolled back
 */
export function createLoginThrottle(knex: Knex, limits: LoginThrottleLimits = {}): LoginThrottle {
  const { perSubject = 10, perNetwork = 100 } = limits;
  const run = async <Columns extends unknown[]>(
    statement: PreparedStatement,
    values: readonly unknown[],
  ): Promise<Columns[]> => {
    try {
      return await runPrepared<Columns>(knex, statement, values);
    } catch (error) {
      throw asUnavailable(error);
    }
  };
  const counts = new BatchLane<LoginAttempt, number | undefined>({
    concurrency: 1,
    maxBatch: BATCH,
    maxQueue: QUEUE,
    async execute(attempts) {
      const keys = attempts.map(keysOf);
      const now = new Date(Math.max(...attempts.map(({ at }) => at.getTime())));
      const rows = await run<Count>(COUNT, [
        keys.map(({ subject }) => subject),
        keys.map(({ pair }) => pair),
        keys.map(({ network }) => network),
        now,
        perSubject,
        perNetwork,
      ]);
      const waits = new Map<number, number>();
      for (const [place, refused, seconds] of rows) {
        if (refused) waits.set(place, Math.max(waits.get(place) ?? 1, Math.ceil(seconds)));
      }
      return attempts.map((_, index) => waits.get(index + 1));
    },
  });

  return {
    count: (attempt) => counts.run(attempt),

    async giveBack(attempt) {
      const { subject, pair, network } = keysOf(attempt);
      // One row at a time: locking several in one statement, in no order, could deadlock.
      for (const key of [subject, pair, network]) if (key) await run(GIVE_BACK, [key]);
    },

    async succeed(attempt) {
      const { subject, pair, network } = keysOf(attempt);
      await run(SUCCEED, [subject, pair, network, attempt.at]);
    },

    async purge(at) {
      let removed = 0;
      for (const statement of PURGE) removed += (await run<[number]>(statement, [at]))[0]?.[0] ?? 0;
      return removed;
    },
  };
}

function keysOf({ subject, network }: LoginAttempt) {
  return {
    subject: hashKey('subject', subject),
    /** The count of one account at a network where it has signed in before. */
    pair: network === undefined ? null : hashKey('pair', `${network}\0${subject}`),
    network: network === undefined ? null : hashKey('network', network),
  };
}

function hashKey(kind: string, value: string): Buffer {
  return createHash('sha256').update(`${kind}\0${value}`).digest();
}
