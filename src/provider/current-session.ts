import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import { epochSeconds, type Clock } from '../domain/clock.js';
import { DomainError } from '../domain/errors.js';

/** The session of the browser that asks. Nothing of it lets anybody use the session. */
export interface CurrentSession {
  readonly accountId: string;
  /** The same id as `Session.id` of the domain. */
  readonly id: string;
  readonly signedInAt: Date;
  readonly amr: readonly string[];
  readonly acr: string | undefined;
  /** It lasts longer than a session may today, as the configuration was changed meanwhile. */
  readonly outlived: boolean;
}

/** Looks at the session, and changes nothing of it. @returns undefined when nobody is signed in */
export type CurrentSessionReader = (
  req: IncomingMessage,
  res: ServerResponse,
) => Promise<CurrentSession | undefined>;

/**
 * Reads the session that the browser's cookie names: for pages of this provider that are no step of the protocol.
 * @param settings.sessionReference the id by which the domain calls the session of this uid
 */
export function createCurrentSessionReader(
  provider: () => Provider,
  settings: {
    readonly secure: boolean;
    readonly sessionAbsoluteSeconds: number;
    readonly sessionReference: (uid: string) => string;
    readonly clock: Clock;
  },
): CurrentSessionReader {
  return async (req, res) => {
    const { Session } = provider();
    const { cookies } = provider().createContext(req, res);
    // The proxy in front may have taken the encryption off.
    cookies.secure = settings.secure;
    const cookie = cookies.get(provider().cookieName('session'), { signed: true });
    if (cookie === undefined) return undefined;
    const session = await inWordsOfTheDomain(() => Session.find(cookie));
    if (!session?.accountId || session.loginTs === undefined) return undefined;
    const { accountId, uid, loginTs, amr, acr } = session;
    return {
      accountId,
      id: settings.sessionReference(uid),
      signedInAt: new Date(loginTs * 1000),
      amr: amr ?? [],
      acr,
      outlived: loginTs + settings.sessionAbsoluteSeconds <= epochSeconds(settings.clock.now()),
    };
  };
}

/** The adapter says in the library's words that the database is away; here there is no library that would answer. */
async function inWordsOfTheDomain<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Error && error.cause instanceof DomainError ? error.cause : error;
  }
}
