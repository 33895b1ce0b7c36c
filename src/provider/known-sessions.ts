import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { Sealer } from '../domain/sealing.js';

/** A session of this browser: the one in use, or one that was set aside for it. */
export interface KnownSession {
  readonly accountId: string;
  /** The same id as `Session.id` of the domain; nobody can use the session by it. */
  readonly id: string;
  /** Whether it is the one in use. */
  readonly inUse: boolean;
}

/** The library's session, as far as it takes part here. */
export interface BrowserSession {
  readonly accountId: string;
  readonly uid: string;
  /** Value of the session's cookie. */
  readonly cookie: string;
  readonly acr: string | undefined;
  readonly amr: readonly string[] | undefined;
}

/**
 * The sessions of one browser. One is in use; those of other accounts are set aside, and whoever sits at the browser can
 * take one up again without signing in. What was set aside stands in a cookie that only this server can read.
 */
export interface KnownSessions {
  /** The one in use first, then the ones set aside, the latest first. Sessions that are over are left out. */
  list(req: IncomingMessage, res: ServerResponse): Promise<readonly KnownSession[]>;
  /** Sets the session in use aside, so that the browser has none. */
  setAside(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /**
   * Takes up the session of an account, and sets the one in use aside.
   * @returns undefined where the browser has no live session of that account
   */
  takeUp(req: IncomingMessage, res: ServerResponse, accountId: string): Promise<BrowserSession | undefined>;
}

/** More are not kept: the cookie has to stay small. */
const MAX_SET_ASIDE = 5;
const CONTEXT = Buffer.from('sessions set aside');
const LONGEST_COOKIE = 3_000;

type Entry = readonly [cookie: string, accountId: string];

/**
 * @param settings.sealer seals the cookie: it holds what lets the browser use its sessions
 * @param settings.seconds how long sessions that are set aside are remembered; they may end earlier
 */
export function createKnownSessions(
  provider: () => Provider,
  settings: {
    readonly secure: boolean;
    readonly sealer: Sealer;
    readonly seconds: number;
    readonly sessionReference: (uid: string) => string;
  },
): KnownSessions {
  const { secure, sealer, sessionReference } = settings;
  const name = secure ? '__Host-latchkey_sessions' : 'latchkey_sessions';
  const options = { path: '/', httpOnly: true, sameSite: 'lax', secure, overwrite: true } as const;
  const sessionOptions = { ...options, signed: true } as const;

  const cookiesOf = (req: IncomingMessage, res: ServerResponse) => {
    const { cookies } = provider().createContext(req, res);
    // The proxy in front may have taken the encryption off.
    cookies.secure = secure;
    return cookies;
  };
  const find = async (cookie: string | undefined): Promise<BrowserSession | undefined> => {
    if (cookie === undefined) return undefined;
    const found = await provider().Session.find(cookie);
    if (!found?.accountId) return undefined;
    const { accountId, uid, acr, amr } = found;
    return { accountId, uid, cookie, acr, amr };
  };
  const inUse = (req: IncomingMessage, res: ServerResponse): Promise<BrowserSession | undefined> =>
    find(cookiesOf(req, res).get(provider().cookieName('session'), sessionOptions));
  const read = (req: IncomingMessage, res: ServerResponse): readonly Entry[] => {
    const value = cookiesOf(req, res).get(name, { signed: false });
    if (value === undefined || value.length > LONGEST_COOKIE) return [];
    try {
      const entries: unknown = JSON.parse(
        sealer.open(Buffer.from(value, 'base64url'), CONTEXT).toString('utf8'),
      );
      return Array.isArray(entries) ? entries.filter(isEntry) : [];
    } catch {
      // Changed, or sealed by a key of before: the browser knows nobody.
      return [];
    }
  };
  const write = (req: IncomingMessage, res: ServerResponse, entries: readonly Entry[]): void => {
    const value = sealer.seal(Buffer.from(JSON.stringify(entries.slice(0, MAX_SET_ASIDE))), CONTEXT);
    cookiesOf(req, res).set(name, entries.length === 0 ? null : value.toString('base64url'), {
      ...options,
      signed: false,
      maxAge: settings.seconds * 1000,
    });
  };
  const without = (entries: readonly Entry[], accounts: readonly (string | undefined)[]): readonly Entry[] =>
    entries.filter(([, accountId]) => !accounts.includes(accountId));
  const asEntry = ({ cookie, accountId }: BrowserSession): Entry => [cookie, accountId];

  return {
    async list(req, res) {
      const current = await inUse(req, res);
      const aside = await Promise.all(
        without(read(req, res), [current?.accountId]).map(([cookie]) => find(cookie)),
      );
      return [current, ...aside].flatMap((session) =>
        session
          ? [
              {
                accountId: session.accountId,
                id: sessionReference(session.uid),
                inUse: session === current,
              },
            ]
          : [],
      );
    },
    async setAside(req, res) {
      const current = await inUse(req, res);
      if (!current) return;
      write(req, res, [asEntry(current), ...without(read(req, res), [current.accountId])]);
      cookiesOf(req, res).set(provider().cookieName('session'), null, sessionOptions);
    },
    async takeUp(req, res, accountId) {
      const current = await inUse(req, res);
      if (current?.accountId === accountId) return current;
      const entries = read(req, res);
      const entry = entries.find(([, owner]) => owner === accountId);
      const wanted = await find(entry?.[0]);
      if (wanted?.accountId !== accountId) return undefined;
      const aside = without(entries, [accountId, current?.accountId]);
      write(req, res, current ? [asEntry(current), ...aside] : aside);
      cookiesOf(req, res).set(provider().cookieName('session'), wanted.cookie, sessionOptions);
      return wanted;
    },
  };
}

function isEntry(entry: unknown): entry is Entry {
  return Array.isArray(entry) && entry.length === 2 && entry.every((part) => typeof part === 'string');
}
