import { newAccountId } from '../accounts/account-id.js';
import { accountInputFaults, tidyRoles } from '../accounts/account-input.js';
import type { AccountStore } from '../accounts/account-store.js';
import { ADMINISTRATOR_ROLE, effectiveRolesOf, type Account } from '../accounts/account.js';
import { changeProfile } from '../accounts/change-profile.js';
import { tidyEmail } from '../accounts/email-address.js';
import type { PasswordHasher } from '../accounts/password-hasher.js';
import { normalizePassword, passwordFaults, type PasswordPolicy } from '../accounts/password-policy.js';
import type { Clock } from '../clock.js';
import { DomainError, refuseIfFaulty } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { SetupLinkStore } from './setup-link-store.js';
import { hashSetupToken } from './setup-token.js';

export interface RedeemSetupLinkDeps {
  readonly setupLinks: Pick<SetupLinkStore, 'matches'>;
  readonly unitOfWork: UnitOfWork<'accounts' | 'setupLinks' | 'artifactRevocation' | 'audit'>;
  readonly clock: Clock;
  readonly passwordHasher: Pick<PasswordHasher, 'hash'>;
  readonly passwordPolicy: PasswordPolicy;
}

export interface SetupInput {
  readonly token: string;
  readonly email: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly password: string;
}

/**
 * Sets up an administrator by a set-up link, all or nothing. Where an account has the email already, it gets the role
 * and the new password, is enabled, and all that was issued to it ends. Faulty input does not use the link up.
 * @throws {DomainError} `setup_link_invalid`, `invalid_input` with all faults, `overloaded`
 */
export async function redeemSetupLink(deps: RedeemSetupLinkDeps, input: SetupInput): Promise<Account> {
  const tokenHash = hashSetupToken(input.token);
  // Looked up before hashing, so that nobody without a link can make this server hash passwords.
  if (!(await deps.setupLinks.matches(tokenHash, deps.clock.now()))) throw setupLinkInvalid();
  const profileChanges = { givenName: input.givenName, familyName: input.familyName };
  refuseIfFaulty([
    ...accountInputFaults({ email: input.email }),
    ...changeProfile({}, profileChanges).faults,
    ...passwordFaults(deps.passwordPolicy, input.password, input),
  ]);
  const passwordHash = await deps.passwordHasher.hash(normalizePassword(input.password));

  return deps.unitOfWork.run(async ({ accounts, setupLinks, artifactRevocation, audit }) => {
    const now = deps.clock.now();
    if (!(await setupLinks.redeem(tokenHash, now))) throw setupLinkInvalid();
    const existing = await accountToPromote(accounts, input.email);
    const groups = existing?.groups ?? [];
    const roles = tidyRoles([...(existing?.roles ?? []), ADMINISTRATOR_ROLE]);
    const account: Account = {
      ...(existing ?? { id: newAccountId(now), username: undefined, createdAt: now }),
      email: existing?.email ?? tidyEmail(input.email),
      emailVerified: true,
      profile: changeProfile(existing?.profile ?? {}, profileChanges).profile,
      disabled: false,
      roles,
      groups,
      effectiveRoles: effectiveRolesOf({ roles, groups }),
      version: (existing?.version ?? 0) + 1,
      updatedAt: now,
    };
    if (existing === undefined) {
      await accounts.insert({ account, passwordHash });
    } else {
      await accounts.update(account);
      await accounts.setPasswordHash(account.id, passwordHash);
      await artifactRevocation.revokeAccount(account.id);
    }
    audit.record({
      type: 'administrator.set_up',
      // Whoever holds the link, whom nobody knows until now.
      actor: { kind: 'user', id: account.id },
      subject: { kind: 'user', id: account.id },
      details: { account_created: existing === undefined },
    });
    return account;
  });
}

async function accountToPromote(accounts: AccountStore, email: string): Promise<Account | undefined> {
  const record = await accounts.findByLogin(email);
  return record && accounts.findForUpdate(record.account.id);
}

function setupLinkInvalid(): DomainError {
  return new DomainError(
    'setup_link_invalid',
    'The set-up link is wrong, used or expired. Make a new one with: latchkey admin link',
  );
}
