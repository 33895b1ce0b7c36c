import { newAccountId } from '../accounts/account-id.js';
import type { ClientRules } from '../clients/client-rules.js';
import type { Clock } from '../clock.js';
import { refuseIfFaulty, type FieldFault } from '../errors.js';
import { refuseIfBeyond, type Grantor } from '../roles/grantor.js';
import type { UnitOfWork } from '../unit-of-work.js';
import {
  hashInitialAccessToken,
  INITIAL_ACCESS_TOKEN_PREFIX,
  presentInitialAccessToken,
  type InitialAccessToken,
} from './initial-access-token.js';
import { EVERY_GRANT_TYPE, isRedirectHost, type PolicyPart } from './registration-policy.js';

const MAX_USES = 10_000;
const MAX_NAME_CHARACTERS = 200;
const MAX_ITEMS = 100;
/** Seconds. */
const DAY = 24 * 60 * 60;
const DEFAULT_SECONDS = 7 * DAY;
const MAX_SECONDS = 366 * DAY;

export interface CreateInitialAccessTokenDeps extends Pick<ClientRules, 'knownScopes' | 'knownResources'> {
  readonly unitOfWork: UnitOfWork<'initialAccessTokens' | 'audit'>;
  readonly clock: Clock;
  /** 256 random bits. */
  readonly randomToken: () => string;
}

export interface CreateInitialAccessTokenInput {
  readonly name: string;
  /** 1 to 10,000; default 1. */
  readonly maxUses?: number | undefined;
  /** Seconds for which it may be used, 60 to a year; default 7 days. */
  readonly expiresInSeconds?: number | undefined;
  readonly policy?: PolicyPart | undefined;
  /** Whoever makes it: the clients that it lets in are within their rights too. */
  readonly grantor: Grantor;
}

/**
 * Makes a token by which applications may register themselves.
 * @returns the token, whose text is told this once
 * @throws {DomainError} `invalid_input` with all faults, `insufficient_rights`
 * @see RFC 7591 §3
 */
export async function createInitialAccessToken(
  deps: CreateInitialAccessTokenDeps,
  input: CreateInitialAccessTokenInput,
): Promise<{ readonly token: InitialAccessToken; readonly text: string }> {
  const { policy = {}, maxUses = 1, expiresInSeconds = DEFAULT_SECONDS } = input;
  const name = input.name.trim();
  refuseIfFaulty([
    ...nameFaults(name),
    ...rangeFaults('max_uses', maxUses, 1, MAX_USES),
    ...rangeFaults('expires_in_seconds', expiresInSeconds, 60, MAX_SECONDS),
    ...policyPartFaults(policy, deps),
  ]);
  refuseIfBeyond(input.grantor, policy.scopes ?? []);
  const now = deps.clock.now();
  const text = `${INITIAL_ACCESS_TOKEN_PREFIX}${deps.randomToken()}`;
  const token: InitialAccessToken = {
    id: newAccountId(now),
    name,
    policy,
    maxUses,
    uses: 0,
    createdAt: now,
    expiresAt: new Date(now.getTime() + expiresInSeconds * 1000),
    lastUsedAt: undefined,
  };
  await deps.unitOfWork.run(async ({ initialAccessTokens, audit }) => {
    await initialAccessTokens.insert(token, hashInitialAccessToken(text));
    const { max_uses, expires_at, policy: laidDown } = presentInitialAccessToken(token);
    audit.record({
      type: 'initial_access_token.created',
      subject: { kind: 'initial_access_token', id: token.id },
      details: { name, max_uses: max_uses ?? null, expires_at: expires_at ?? null, policy: laidDown ?? null },
    });
  });
  return { token, text };
}

function nameFaults(name: string): readonly FieldFault[] {
  if (name !== '' && name.length <= MAX_NAME_CHARACTERS && !/[\p{Cc}\p{Cs}]/u.test(name)) return [];
  const detail = `name must have 1 to ${MAX_NAME_CHARACTERS} characters; say who the token is for.`;
  return [{ field: 'name', code: 'name_invalid', detail }];
}

function rangeFaults(field: string, value: number, least: number, most: number): readonly FieldFault[] {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return [];
  return [
    { field, code: 'out_of_range', detail: `${field} must be a whole number from ${least} to ${most}.` },
  ];
}

function policyPartFaults(
  policy: PolicyPart,
  { knownScopes, knownResources }: Pick<ClientRules, 'knownScopes' | 'knownResources'>,
): readonly FieldFault[] {
  const among = (known: readonly string[]) => (value: string) => known.includes(value);
  return [
    ...listFaults('policy/redirect_hosts', policy.redirectHosts, {
      holds: isRedirectHost,
      wanted: 'a host like app.example.org or *.example.org, or a scheme like com.example.app:',
    }),
    ...listFaults('policy/scope', policy.scopes, {
      holds: among(knownScopes),
      wanted: `one of ${[...knownScopes].sort().join(', ')}`,
    }),
    ...listFaults('policy/resources', policy.resources, {
      holds: among(knownResources),
      wanted: `one of ${[...knownResources].sort().join(', ')}`,
    }),
    ...listFaults('policy/grant_types', policy.grantTypes, {
      holds: among(EVERY_GRANT_TYPE),
      wanted: `one of ${EVERY_GRANT_TYPE.join(', ')}`,
    }),
  ];
}

function listFaults(
  field: string,
  values: readonly string[] | undefined,
  rule: { readonly holds: (value: string) => boolean; readonly wanted: string },
): readonly FieldFault[] {
  if (values === undefined) return [];
  if (values.length > MAX_ITEMS) {
    return [{ field, code: 'too_many', detail: `${field} must have at most ${MAX_ITEMS} entries.` }];
  }
  return values.flatMap((value, index) =>
    rule.holds(value)
      ? []
      : [
          {
            field: field === 'policy/scope' ? field : `${field}/${index}`,
            code: 'unknown',
            detail: `${field} holds ${JSON.stringify(value.slice(0, 200))}, which must be ${rule.wanted}.`,
          },
        ],
  );
}
