import { errors, type Account as LibraryAccount, type Client, type Configuration } from 'oidc-provider';
import { isUsable } from '../../domain/accounts/account.js';
import type { AccountStore } from '../../domain/accounts/account-store.js';
import type { BackchannelAsk } from '../../domain/ciba/backchannel-request.js';
import type { Clock } from '../../domain/clock.js';
import type { JsonObject } from '../../domain/json.js';
import { mayUseClient } from '../../domain/clients/client-access.js';
import { cannotBeMet } from '../../domain/sign-in/sign-in-requirement.js';
import { clientTraits } from '../client-metadata.js';
import { accountBehind } from '../find-account.js';
import { requestedAuthentication } from '../requested-authentication.js';
import { orUnavailable } from '../unavailable.js';

type Feature = NonNullable<NonNullable<Configuration['features']>['ciba']>;

/** What asking people needs from outside the protocol. */
export interface CibaParts {
  readonly accounts: Pick<AccountStore, 'findByLogin'>;
  readonly clock: Clock;
  /** @returns false when the person has been asked too often */
  readonly ask: (ask: BackchannelAsk, clientName: string) => Promise<boolean>;
}

/** Seconds for which a request waits for its answer, and the least that an application may ask for. */
const LONGEST_SECONDS = 600;
const SHORTEST_SECONDS = 30;
/** Characters of an email address. @see RFC 5321 §4.5.3.1 */
const LONGEST_HINT = 254;

/** For the library's `ttl.BackchannelAuthenticationRequest`. @see OpenID Connect CIBA Core 1.0 §7.1 `requested_expiry` */
export function backchannelRequestSeconds(requested: unknown): number {
  const seconds = Number(requested ?? LONGEST_SECONDS);
  return Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, seconds));
}

/** A line that stands on pages and in mails: no controls, nothing that turns the direction of text. */
const BINDING_MESSAGE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,100}$/u;

/**
 * Requests that a person answers on another device: an application names the person, the person is asked by mail and on the
 * account's pages, and the application polls or is pinged.
 * @param parts absent: the feature is off
 * @see OpenID Connect CIBA Core 1.0
 */
export function ciba(parts: CibaParts | undefined): Feature {
  if (!parts) return { enabled: false };
  return {
    enabled: true,
    deliveryModes: ['poll', 'ping'],
    processLoginHint: async (_ctx, hint) => {
      if (hint === undefined || hint.length > LONGEST_HINT) return undefined;
      const found = await orUnavailable(() => parts.accounts.findByLogin(hint));
      return found?.account.id;
    },
    processLoginHintToken: () => {
      throw new errors.InvalidRequest('login_hint_token is not supported: send login_hint or id_token_hint');
    },
    // The last that is asked before the request is made, whichever way the person was named.
    verifyUserCode: (ctx, account, userCode) => {
      if (userCode !== undefined) {
        throw new errors.InvalidRequest('user_code is not supported: the person proves who they are here');
      }
      if (!mayBeAsked(account, ctx.oidc.client))
        throw new errors.UnknownUserId('could not identify end-user');
    },
    validateRequestContext: (ctx) => {
      if (cannotBeMet(requestedAuthentication(ctx.oidc.params ?? {}))) {
        throw new errors.InvalidRequest('none of the ACRs that are essential is known');
      }
    },
    validateBindingMessage: (_ctx, message) => {
      if (message !== undefined && !BINDING_MESSAGE.test(message)) {
        throw new errors.InvalidBindingMessage('binding_message must be one line of 1 to 100 characters');
      }
    },
    triggerAuthenticationDevice: async (ctx, request, account, client) => {
      const params = ctx.oidc.params ?? {};
      const known = new Set(clientTraits(client).scopes);
      const asked = await orUnavailable(() =>
        parts.ask(
          {
            accountId: account.accountId,
            clientId: client.clientId,
            authRequestId: request.jti,
            bindingMessage: textOf(params['binding_message']),
            // The library lets names pass that nobody knows.
            scopes: [...ctx.oidc.requestParamScopes].filter((name) => known.has(name)),
            resources: Object.keys(ctx.oidc.resourceServers ?? {}),
            authentication: askedAuthentication(params),
            wantsPing: client['backchannelTokenDeliveryMode'] === 'ping',
            expiresAt: new Date(parts.clock.now().getTime() + request.expiration * 1000),
          },
          textOf(client.clientName) ?? client.clientId,
        ),
      );
      if (!asked) throw new errors.AccessDenied('the person has been asked too often: wait for an answer');
    },
  };
}

function mayBeAsked(account: LibraryAccount, client: Client | undefined): boolean {
  const person = accountBehind(account);
  return (
    person !== undefined &&
    client !== undefined &&
    isUsable(person) &&
    mayUseClient(person, clientTraits(client))
  );
}

/** What the request says of how the person signs in. */
function askedAuthentication(params: Readonly<Record<string, unknown>>): JsonObject {
  const told = ['acr_values', 'claims', 'max_age'].flatMap((name): [string, string | number][] => {
    const value = params[name];
    return typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [];
  });
  // The library makes a prompt of `max_age=0`.
  const isAnew = textOf(params['prompt'])?.split(' ').includes('login') === true;
  return { ...Object.fromEntries(told), ...(isAnew ? { max_age: 0 } : {}) };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
