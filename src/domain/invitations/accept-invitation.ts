import { accountLinkInvalid } from '../account-links/account-link.js';
import type { Account } from '../accounts/account.js';
import { newAccountId } from '../accounts/account-id.js';
import { changeProfile } from '../accounts/change-profile.js';
import type { PasswordHasher } from '../accounts/password-hasher.js';
import { normalizePassword, passwordFaults, type PasswordPolicy } from '../accounts/password-policy.js';
import type { Clock } from '../clock.js';
import { DomainError, refuseIfFaulty } from '../errors.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { hashInvitationToken, type Invitation, type InvitationStore } from './invitation.js';

export interface FindInvitationDeps {
  readonly invitations: Pick<InvitationStore, 'findByToken'>;
  readonly clock: Clock;
}

export interface AcceptInvitationDeps extends FindInvitationDeps {
  readonly unitOfWork: UnitOfWork<'invitations' | 'accounts' | 'roles' | 'audit'>;
  readonly passwordHasher: Pick<PasswordHasher, 'hash'>;
  readonly passwordPolicy: PasswordPolicy;
}

/**
 * Finds the invitation of a link, and leaves it as it is.
 * @throws {DomainError} `account_link_invalid`
 */
export async function findInvitation(deps: FindInvitationDeps, token: string): Promise<Invitation> {
  const found = await deps.invitations.findByToken(hashInvitationToken(token), deps.clock.now());
  if (!found) throw accountLinkInvalid();
  return found;
}

/**
 * Creates the account of somebody who was invited, with a verified address: the link went there. It signs nobody in.
 * @throws {DomainError} `account_link_invalid`, `invalid_input` naming `password`, `given_name` or `family_name`,
 *   `overloaded`
 */
export async function acceptInvitation(
  deps: AcceptInvitationDeps,
  input: {
    readonly token: string;
    readonly password: string;
    readonly givenName?: string | undefined;
    readonly familyName?: string | undefined;
  },
): Promise<{ readonly account: Account; readonly clientId: string | undefined }> {
  const { id, content } = await findInvitation(deps, input.token);
  const { email, locale, clientId } = content;
  const { givenName, familyName } = input;
  const { profile, faults } = changeProfile({}, { givenName, familyName, locale });
  refuseIfFaulty([
    ...passwordFaults(deps.passwordPolicy, input.password, { email }),
    ...faults.map((fault) => ({
      ...fault,
      field: fault.field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    })),
  ]);
  const passwordHash = await deps.passwordHasher.hash(normalizePassword(input.password));
  const now = deps.clock.now();
  try {
    return await deps.unitOfWork.run(async ({ invitations, accounts, roles: roleStore, audit }) => {
      if (!(await invitations.redeem(id, now))) throw accountLinkInvalid();
      // A role may be gone by now.
      const found = content.roles.length === 0 ? [] : await roleStore.findAll(content.roles);
      const roles = found.map(({ name }) => name).sort();
      const account: Account = {
        id: newAccountId(now),
        email,
        emailVerified: true,
        username: undefined,
        profile,
        disabled: false,
        roles,
        groups: [],
        effectiveRoles: roles,
        version: 1,
        createdAt: now,
        updatedAt: now,
      };
      await accounts.insert({ account, passwordHash });
      audit.record({
        type: 'user.created',
        subject: { kind: 'user', id: account.id },
        details: { roles, can_use_password: true, by: 'invitation', email_verified: true },
        // Whoever holds the link, whom nobody knows until now.
        actor: { kind: 'user', id: account.id },
      });
      return { account, clientId };
    });
  } catch (error) {
    if (error instanceof DomainError && error.code === 'already_exists') throw accountLinkInvalid();
    throw error;
  }
}
