import { accountClaims } from '../../../domain/accounts/account-claims.js';
import type { Account } from '../../../domain/accounts/account.js';
import { mayUseClient } from '../../../domain/clients/client-access.js';
import type { Client } from '../../../domain/clients/client.js';
import type { JsonObject } from '../../../domain/json.js';
import type { Scope } from '../../../domain/resources/resource.js';
import { claimsByScope } from '../../../provider/scopes-and-claims.js';

export interface PreviewDeps {
  readonly issuer: string;
  /** Declared scopes. */
  readonly scopes: readonly Scope[];
}

/** What a client would be told of a person. */
export interface ClaimsPreview {
  /** Those of the scopes asked for that the client may have and that speak of the person. */
  readonly scopes: readonly string[];
  /** Whether the person may sign in to the client at all. */
  readonly maySignIn: boolean;
  readonly idToken: JsonObject;
  readonly userinfo: JsonObject;
}

/**
 * Foretells the claims about the person, as the ID token and userinfo would carry them. An access token for userinfo
 * comes with every sign-in, so the ID token itself carries the subject only; times, nonce and the like are left out.
 * @param asked scopes; absent: all that the client may ask for
 * @see OpenID Connect Core 1.0 §5.4
 */
export function previewClaims(
  { issuer, scopes }: PreviewDeps,
  {
    client,
    account,
    asked = client.scopes,
  }: { client: Client; account: Account; asked?: readonly string[] | undefined },
): ClaimsPreview {
  const byScope = new Map(Object.entries(claimsByScope(scopes)));
  const granted = asked.filter((scope) => client.scopes.includes(scope) && byScope.has(scope));
  const names = new Set(granted.flatMap((scope) => claimsOf(byScope.get(scope))));
  const known = Object.entries(accountClaims(account));
  const told = known.filter(([name]) => names.has(name));
  // A pairwise subject is made of a secret; that it differs from the id is what there is to know.
  const subject = client.metadata['subject_type'] === 'pairwise' ? {} : { sub: account.id };
  return {
    scopes: granted,
    maySignIn: !account.disabled && mayUseClient(account, client),
    idToken: { iss: issuer, aud: client.clientId, ...subject },
    userinfo: { ...Object.fromEntries(told.filter(([name]) => name !== 'sub')), ...subject },
  };
}

function claimsOf(claims: unknown): readonly string[] {
  return Array.isArray(claims) ? claims.filter((name): name is string => typeof name === 'string') : [];
}
