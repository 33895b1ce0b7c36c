import type Provider from 'oidc-provider';
import type { Clock } from '../domain/clock.js';
import type { LogoutSender } from '../domain/logouts/deliver-logouts.js';
import type { LogoutQueue } from '../domain/logouts/logout-queue.js';
import { errorFields, type Logger } from '../observability/logger.js';
import { libraryContext } from './library-context.js';

/** Posts a logout token, and fails unless the application answers 200 or 204; the library's types do not have it. */
type Tell = (accountId: string, sid?: string) => Promise<void>;

/** The library's own way to tell, by provider: see `queueLogoutTokens`. */
const originals = new WeakMap<Provider, Tell>();

/**
 * Has logouts wait in the queue instead of being tried once while the person waits. The queue learns by itself of every
 * session that ends; what is left is an application whose part alone ends while the session stays.
 * @see OpenID Connect Back-Channel Logout 1.0 §2.5
 */
export function queueLogoutTokens(
  provider: Provider,
  { logoutQueue, clock }: { readonly logoutQueue: Pick<LogoutQueue, 'add'>; readonly clock: Clock },
): void {
  const prototype = provider.Client.prototype as { backchannelLogout?: Tell };
  if (!prototype.backchannelLogout) throw new TypeError('The protocol library has no back-channel logout.');
  originals.set(provider, prototype.backchannelLogout);
  prototype.backchannelLogout = async function backchannelLogout(
    this: { readonly clientId: string },
    accountId,
    sid,
  ) {
    const endsSession = libraryContext()?.oidc.params?.['logout'] !== undefined;
    if (!endsSession) await logoutQueue.add({ clientId: this.clientId, accountId, sid }, clock.now());
  };
}

/** Tells applications of logouts by the library's means, with the keys and client metadata of now. */
export function createLogoutSender(provider: () => Provider, logger: Logger): LogoutSender {
  return {
    async send({ clientId, accountId, sid }) {
      const current = provider();
      const tell = originals.get(current);
      const client = await current.Client.find(clientId);
      // Deleted, or it wants to know no more.
      if (!tell || !client?.backchannelLogoutUri) return undefined;
      try {
        await tell.call(client, accountId, sid);
        return undefined;
      } catch (error) {
        logger.warn('back-channel logout failed', { ...errorFields(error), clientId });
        return failureOf(error);
      }
    },
  };
}

/** Why an application was not told, in a word or two without anything that it has answered. */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { response, cause } = error as Error & {
    response?: { status?: unknown };
    cause?: { code?: unknown };
  };
  if (typeof response?.status === 'number') return `HTTP ${response.status}`;
  if (error.name === 'TimeoutError') return 'no answer in time';
  return typeof cause?.code === 'string' ? cause.code : 'not reachable';
}
