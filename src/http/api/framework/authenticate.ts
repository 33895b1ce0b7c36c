import type { Context } from 'koa';
import { isUsable } from '../../../domain/accounts/account.js';
import type { AccountStore } from '../../../domain/accounts/account-store.js';
import {
  isPermission,
  OWN_ACCOUNT_SCOPE,
  permissionsOf,
  type Permission,
} from '../../../domain/roles/permission.js';
import type { RoleStore } from '../../../domain/roles/role-store.js';
import type { ApiTokens } from '../../../provider/api-tokens.js';
import { TokenRefusal, type TokenRefusalCode } from '../../../provider/proof-of-possession.js';
import type { Access, Caller } from './caller.js';
import { ProblemError } from './problem.js';

/** What callers are told who are refused. */
export interface ChallengeDeps {
  readonly realm: string;
  /** Algorithms of DPoP proofs; none: DPoP is off. */
  readonly proofAlgorithms: readonly string[];
}

export interface AuthenticateDeps extends ChallengeDeps {
  readonly tokens: ApiTokens;
  readonly accounts: Pick<AccountStore, 'findById'>;
  readonly roles: Pick<RoleStore, 'list'>;
}

/**
 * Finds out who calls, by the access token that they bear.
 * @throws {ProblemError} 401 with a challenge
 * @see RFC 6750 §2.1, §3; RFC 9449 §7.1
 */
export async function authenticate(deps: AuthenticateDeps, ctx: Context): Promise<Caller> {
  const header = ctx.get('authorization');
  if (header === '') throw challenge(deps, 'An access token is needed.');
  const [, name = '', value] = /^(Bearer|DPoP) +([A-Za-z0-9._~+/-]+=*)$/i.exec(header) ?? [];
  const scheme = name.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer';
  const refuse = (detail: string, error: TokenRefusalCode = 'invalid_token') =>
    challenge(deps, detail, { scheme, error });
  const token =
    value === undefined
      ? undefined
      : await deps.tokens.find({ scheme, value, ctx }).catch((error: unknown) => {
          throw error instanceof TokenRefusal ? refuse(error.message, error.code) : error;
        });
  if (!token) throw refuse('The access token is unknown, expired, revoked, or for something else.');

  const { clientId } = token;
  const scopes = new Set([...token.scopes].filter(isPermission));
  if (token.accountId === undefined) {
    return { accountId: undefined, clientId, scheme, permissions: scopes, mayUseOwnAccount: false };
  }
  const account = await deps.accounts.findById(token.accountId);
  if (!account || !isUsable(account)) throw refuse('The account of the token is gone.');
  const granted = permissionsOf(account.effectiveRoles, await deps.roles.list());
  return {
    accountId: account.id,
    clientId,
    scheme,
    permissions: new Set([...scopes].filter((scope) => granted.has(scope))),
    mayUseOwnAccount: token.scopes.has(OWN_ACCOUNT_SCOPE),
  };
}

/**
 * Refuses a caller who may not do what the route does: everything is refused that is not allowed.
 * @throws {ProblemError} 403 with a challenge that names what is missing
 * @see RFC 6750 §3.1
 */
export function authorize(realm: string, access: Access, caller: Caller): void {
  if (access === 'public') return;
  const needed: readonly string[] = access === 'own_account' ? [OWN_ACCOUNT_SCOPE] : access;
  const allowed =
    access === 'own_account'
      ? caller.accountId !== undefined && caller.mayUseOwnAccount
      : access.length > 0 && access.every((permission: Permission) => caller.permissions.has(permission));
  if (allowed) return;
  const { scheme = 'Bearer' } = caller;
  throw new ProblemError({
    status: 403,
    code: 'insufficient_scope',
    title: 'Not allowed',
    detail: `This needs ${needed.join(' ')}, in the token and, for a user, in their roles.`,
    headers: {
      'WWW-Authenticate': `${scheme} realm="${realm}", error="insufficient_scope", scope="${needed.join(' ')}"`,
    },
  });
}

/** @param refused how the token came, and why it is not taken; absent: none came, and every way is offered */
function challenge(
  { realm, proofAlgorithms }: ChallengeDeps,
  detail: string,
  refused?: { readonly scheme: 'Bearer' | 'DPoP'; readonly error: TokenRefusalCode },
): ProblemError {
  const reason = refused === undefined ? '' : `, error="${refused.error}"`;
  const bearer = `Bearer realm="${realm}"${reason}`;
  const dpop = `DPoP realm="${realm}"${reason}, algs="${proofAlgorithms.join(' ')}"`;
  const offered = proofAlgorithms.length > 0 ? `${bearer}, ${dpop}` : bearer;
  const asked = refused?.scheme === 'DPoP' ? dpop : bearer;
  return new ProblemError({
    status: 401,
    code: refused?.error ?? 'token_missing',
    title: 'Not authenticated',
    detail,
    headers: { 'WWW-Authenticate': refused === undefined ? offered : asked },
  });
}
