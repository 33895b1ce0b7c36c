import { errors, type default as Provider } from 'oidc-provider';
import type {
  BackchannelDecision,
  BackchannelRequest,
  PingDelivery,
} from '../domain/ciba/backchannel-request.js';
import type { Resource } from '../domain/resources/resource.js';
import { errorFields, type Logger } from '../observability/logger.js';
import type { ArtifactUnits } from './artifact-units.js';
import { saveGrant } from './grants.js';
import { failureOf } from './logout-tokens.js';

/** How the person who answers has signed in. */
export interface AnsweringSession {
  readonly acr: string | undefined;
  readonly amr: readonly string[];
  readonly signedInAt: Date;
}

type Ping = (request: object) => Promise<void>;

/** The library's own way to tell, by provider: see `queuePings`. */
const originals = new WeakMap<Provider, Ping>();

/** Has applications told by the queue of `domain/ciba` instead of once, while the person waits. */
export function queuePings(provider: Provider): void {
  const prototype = provider.Client.prototype as { backchannelPing?: Ping };
  if (!prototype.backchannelPing) throw new TypeError('The protocol library has no CIBA ping.');
  originals.set(provider, prototype.backchannelPing);
  prototype.backchannelPing = () => Promise.resolve();
}

/** Has discovery tell the truth about `user_code`, which the library takes for granted. */
export function tellThatUserCodesAreOff(provider: Provider): void {
  const [answerAll, ...others] = provider.middleware;
  if (!answerAll || others.length > 0) throw new TypeError('The protocol is one middleware no more.');
  provider.middleware[0] = async (ctx, next) => {
    await answerAll(ctx, next);
    const body: unknown = ctx.body;
    if (typeof body === 'object' && body !== null && 'backchannel_user_code_parameter_supported' in body) {
      Object.assign(body, { backchannel_user_code_parameter_supported: false });
    }
  };
}

/** Makes the answer of a person known to the protocol; it is committed when this resolves. */
export function createConclude(
  provider: () => Provider,
  deps: {
    readonly units: ArtifactUnits;
    readonly resources: readonly Resource[];
    readonly grantSeconds: number;
  },
) {
  return (
    request: BackchannelRequest,
    decision: BackchannelDecision,
    session: AnsweringSession,
  ): Promise<void> =>
    deps.units.run(async (unit) => {
      const current = provider();
      const found = await current.BackchannelAuthenticationRequest.find(request.authRequestId);
      // Ended meanwhile, with everything else of the account.
      if (!found) return;
      if (decision === 'denied') {
        await current.backchannelResult(found, new errors.AccessDenied('the person has denied the request'));
      } else {
        const grantId = await saveGrant(current, {
          grantId: undefined,
          accountId: request.accountId,
          clientId: request.clientId,
          allowed: {
            scopes: request.scopes,
            claims: [],
            resourceScopes: Object.fromEntries(
              request.resources.map((identifier) => [
                identifier,
                scopesAt(identifier, request, deps.resources),
              ]),
            ),
          },
          seconds: deps.grantSeconds,
        });
        await current.backchannelResult(found, grantId, {
          ...(session.acr === undefined ? {} : { acr: session.acr }),
          amr: [...session.amr],
          authTime: Math.floor(session.signedInAt.getTime() / 1000),
        });
      }
      await unit.commit();
    });
}

function scopesAt(
  identifier: string,
  { scopes }: BackchannelRequest,
  resources: readonly Resource[],
): readonly string[] {
  const known = resources.find((resource) => resource.identifier === identifier)?.scopes ?? [];
  return scopes.filter((scope) => known.includes(scope));
}

/** Tells an application by the library's means, which reach no private address. @see OpenID Connect CIBA Core 1.0 §10.2 */
export function createPingSender(provider: () => Provider, logger: Logger) {
  return async ({ clientId, authRequestId }: PingDelivery): Promise<string | undefined> => {
    const current = provider();
    const ping = originals.get(current);
    const client = await current.Client.find(clientId);
    const request = await current.BackchannelAuthenticationRequest.find(authRequestId);
    if (!ping || !request || client?.['backchannelTokenDeliveryMode'] !== 'ping') return undefined;
    try {
      await ping.call(client, request);
      return undefined;
    } catch (error) {
      logger.warn('ping failed', { ...errorFields(error), clientId });
      return failureOf(error);
    }
  };
}
