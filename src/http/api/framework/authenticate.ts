import type { Context } from 'koa';
import { isUsable } from '../../../domain/accounts/account.js';
import type { AccountStore } from '../../../domain/accounts/account-store.js';
import { isPermission, permissionsOf, type Permission } from '../../../domain/roles/permission.js';
import type { RoleStore } from '../../../domain/roles/role-store.js';
import type { ApiTokens } from '../../../provider/api-tokens.js';
import { OWN_ACCOUNT_SCOPE } from '../../../domain/roles/permission.js';
import type { Access, Caller } from './caller.js';
import { ProblemError } from './problem.js';

export interface AuthenticateDeps {
  readonly tokens: ApiTokens;
  readonly accounts: Pick<AccountStore, 'findById'>;
  readonly roles: Pick<RoleStore, 'list'>;
  /** For the challenge. */
  readonly realm: string;
}

/**
 * Finds out who calls, by the access token that they bear.
 * @throws {ProblemError} 401 with a challenge
 * @see RFC 6750 §2.1, §3
 */
export async function authenticate(deps: AuthenticateDeps, ctx: Context): Promise<Caller> {
  const header = ctx.get('authorization');
  if (header === '') throw challenge(deps, 'A bearer token is needed.', undefined);
  const [, value] = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i.exec(header) ?? [];
  const token = value === undefined ? undefined : await deps.tokens.find(value);
  if (!token)
    throw challenge(
      deps,
      'The access token is unknown, expired, revoked, or for something else.',
      'invalid_token',
    );

  const scopes = new Set([...token.scopes].filter(isPermission));
  if (token.accountId === undefined) {
    return { accountId: undefined, clientId: token.clientId, permissions: scopes, mayUseOwnAccount: false };
  }
  const account = await deps.accounts.findById(token.accountId);
  if (!account || !isUsable(account))
    throw challenge(deps, 'The account of the token is gone.', 'invalid_token');
  const granted = permissionsOf(account.effectiveRoles, await deps.roles.list());
  return {
    accountId: account.id,
    clientId: token.clientId,
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
  throw new ProblemError({
    status: 403,
    code: 'insufficient_scope',
    title: 'Not allowed',
    detail: `This needs ${needed.join(' ')}, in the token and, for a user, in their roles.`,
    headers: {
      'WWW-Authenticate': `Bearer realm="${realm}", error="insufficient_scope", scope="${needed.join(' ')}"`,
    },
  });
}

function challenge({ realm }: AuthenticateDeps, detail: string, error: string | undefined): ProblemError {
  const reason = error === undefined ? '' : `, error="${error}"`;
  return new ProblemError({
    status: 401,
    code: error ?? 'token_missing',
    title: 'Not authenticated',
    detail,
    headers: { 'WWW-Authenticate': `Bearer realm="${realm}"${reason}` },
  });
}
