import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { LoginAttempt, LoginThrottle } from '../../domain/accounts/login-throttle.js';
import { asUnavailable } from './unavailable.js';

export interface LoginThrottleLimits {
  /** Failed tries at one account or name within a window; default 10. */
  readonly perSubject?: number;
  /** Failed tries from one network within a window; default 100. */
  readonly perNetwork?: number;
}

interface Answer {
  /** What `COUNT` answers; `seconds` until the window ends. */
  readonly rows: readonly { readonly attempts: number; readonly allowed: number; readonly seconds: number }[];
  readonly rowCount: number | null;
}

/**
 * Counts one try against each key, in key order so that two tries cannot deadlock, and atomically: however many run at
 * once, each sees a count of its own. A window lasts 5 minutes. When it is used up and the next one begins within
 * 15 minutes, that one lasts 10, and the next 15. Tries that are refused do not make a window longer.
 */
const COUNT = `
  insert into login_attempts as a (key, attempts, allowed, strikes, resets_at)
  select key, 1, allowed, 0, cast(:now as timestamptz) + interval '5 minutes'
  from (
    select
      case
        when exists (select from login_networks where key = :pair and expires_at > :now)
        then cast(:pair as bytea) else cast(:subject as bytea)
      end as key,
      cast(:perSubject as integer) as allowed
    union all
    select cast(:network as bytea), cast(:perNetwork as integer) where cast(:network as bytea) is not null
  ) as counted
  order by key
  on conflict (key) do update set (attempts, allowed, strikes, resets_at) = (
    select
      case when passed then 1 else least(a.attempts + 1, 1000000) end,
      excluded.allowed,
      case when passed then next_strikes else a.strikes end,
      case
        when passed then cast(:now as timestamptz) + (1 + next_strikes) * interval '5 minutes'
        else a.resets_at
      end
    from (
      select
        a.resets_at <= :now as passed,
        case
          when a.attempts > a.allowed and a.resets_at + interval '15 minutes' > :now then least(a.strikes + 1, 2)
          else 0
        end as next_strikes
    ) as window_before
  )
  returning attempts, allowed, extract(epoch from resets_at - cast(:now as timestamptz))::float8 as seconds`;

const GIVE_BACK = 'update login_attempts set attempts = greatest(attempts - 1, 0) where key = :key';

/** Clears the count that was used: the one for this network where it was known already, else the common one. */
const SUCCEED = `
  with cleared as (
    delete from login_attempts
    where key = case
      when exists (select from login_networks where key = :pair and expires_at > :now)
      then cast(:pair as bytea) else cast(:subject as bytea)
    end
  )
  insert into login_networks as n (key, expires_at)
  select cast(:pair as bytea), cast(:now as timestamptz) + interval '30 days' where cast(:pair as bytea) is not null
  on conflict (key) do update set expires_at = excluded.expires_at
  where n.expires_at < excluded.expires_at - interval '1 day'`;

const PURGE = [
  `delete from login_attempts where key in (
     select key from login_attempts where resets_at < cast(:now as timestamptz) - interval '15 minutes'
     order by resets_at limit 5000 for update skip locked
   )`,
  `delete from login_networks where key in (
     select key from login_networks where expires_at < :now
     order by expires_at limit 5000 for update skip locked
   )`,
];

/**
 * Counts tries in PostgreSQL, for all processes together. Keys are hashed: people type passwords into the wrong field.
 * @param knex the pool, never a transaction: a count must stay when something else is rolled back
 */
export function createLoginThrottle(knex: Knex, limits: LoginThrottleLimits = {}): LoginThrottle {
  const { perSubject = 10, perNetwork = 100 } = limits;
  const run = async (sql: string, bindings: Record<string, Knex.RawBinding>): Promise<Answer> => {
    try {
      return await knex.raw<Answer>(sql, bindings);
    } catch (error) {
      throw asUnavailable(error);
    }
  };

  return {
    async count(attempt) {
      const bindings = { ...keysOf(attempt), now: attempt.at, perSubject, perNetwork };
      const { rows } = await run(COUNT, bindings);
      const waits = rows.filter((row) => row.attempts > row.allowed).map((row) => row.seconds);
      return waits.length === 0 ? undefined : Math.max(1, Math.ceil(Math.max(...waits)));
    },

    async giveBack(attempt) {
      const { subject, pair, network } = keysOf(attempt);
      // One row at a time: locking several in one statement, in no order, could deadlock.
      for (const key of [subject, pair, network]) if (key) await run(GIVE_BACK, { key });
    },

    async succeed(attempt) {
      const { subject, pair, network } = keysOf(attempt);
      await run(SUCCEED, { subject, pair, now: attempt.at });
      if (network) await run(GIVE_BACK, { key: network });
    },

    async purge(at) {
      let removed = 0;
      for (const sql of PURGE) removed += (await run(sql, { now: at })).rowCount ?? 0;
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
