import { newAccountId } from '../accounts/account-id.js';
import { accountInputFaults, tidyRoles } from '../accounts/account-input.js';
import type { AccountStore } from '../accounts/account-store.js';
import { changeProfile } from '../accounts/change-profile.js';
import { tidyEmail } from '../accounts/email-address.js';
import { normalizeLogin } from '../accounts/normalize-login.js';
import type { ClientDirectory } from '../clients/client-directory.js';
import type { Clock } from '../clock.js';
import { DomainError, refuseIfFaulty } from '../errors.js';
import { emailDomainFaults } from '../registrations/email-domains.js';
import type { SignUpMode } from '../registrations/sign-up-mode.js';
import { findGrantableRoles, type Grantor } from '../roles/grantor.js';
import type { KeyedHash } from '../sealing.js';
import type { UnitOfWork } from '../unit-of-work.js';
import { hashInvitationToken, INVITATION_PATH, INVITATION_SECONDS, type Invitation } from './invitation.js';

export interface InviteDeps {
  readonly accounts: Pick<AccountStore, 'findByLogin'>;
  readonly clientDirectory: Pick<ClientDirectory, 'find'>;
  readonly unitOfWork: UnitOfWork<'invitations' | 'roles' | 'mailOutbox' | 'audit'>;
  readonly clock: Clock;
  readonly registrationHash: KeyedHash;
  readonly randomToken: () => string;
  /** The issuer identifier; links are made from it and never from a request. */
  readonly issuer: string;
  readonly signUp: { readonly mode: SignUpMode; readonly emailDomains: readonly string[] };
}

export interface InvitationRequest {
  readonly email: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly locale?: string | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly clientId?: string | undefined;
  /** Who invites; absent: the operator. */
  readonly grantor?: Grantor | undefined;
}

/**
 * Mails an invitation. An earlier one to the same address ends.
 * @throws {DomainError} `invalid_input` with all faults, `already_exists` naming `email`, `insufficient_rights` when the
 *   grantor lacks what the roles permit, `sign_up_off` where nobody may be invited
 */
export async function invite(deps: InviteDeps, request: InvitationRequest): Promise<Invitation> {
  if (deps.signUp.mode === 'off') {
    throw new DomainError('sign_up_off', 'Invitations are off. Set sign_up.mode to invitation or open.');
  }
  const email = tidyEmail(request.email);
  const { givenName, familyName, locale, clientId, grantor } = request;
  const { profile, faults } = changeProfile({}, { givenName, familyName, locale });
  const roles = tidyRoles(request.roles ?? []);
  const inputFaults = accountInputFaults({ email, roles });
  refuseIfFaulty([
    ...inputFaults,
    ...(inputFaults.some(({ field }) => field === 'email')
      ? []
      : emailDomainFaults(deps.signUp.emailDomains, email)),
    ...faults,
    ...(await clientFaults(deps, clientId)),
  ]);
  const normalized = normalizeLogin(email);
  if (await deps.accounts.findByLogin(normalized)) {
    throw new DomainError('already_exists', 'There is an account with this email address.', [
      { field: 'email', code: 'already_exists', detail: 'There is an account with this email address.' },
    ]);
  }
  const now = deps.clock.now();
  const token = deps.randomToken();
  const invitation: Invitation = {
    id: newAccountId(now),
    emailHash: deps.registrationHash(`email\0${normalized}`),
    tokenHash: hashInvitationToken(token),
    content: {
      email,
      givenName: profile.givenName,
      familyName: profile.familyName,
      locale: profile.locale,
      roles,
      clientId,
    },
    createdAt: now,
    expiresAt: new Date(now.getTime() + INVITATION_SECONDS * 1000),
  };
  await deps.unitOfWork.run(async ({ invitations, roles: roleStore, mailOutbox, audit }) => {
    await findGrantableRoles(roleStore, grantor ?? { permissions: 'all' }, roles);
    await invitations.replace(invitation);
    await mailOutbox.add({
      kind: 'invitation',
      to: email,
      locale: profile.locale,
      values: {
        link: `${deps.issuer.replace(/\/$/, '')}${INVITATION_PATH}/${token}`,
        hours: INVITATION_SECONDS / 3600,
      },
    });
    audit.record({
      type: 'invitation.sent',
      ...(clientId === undefined ? {} : { clientId }),
      details: { id: invitation.id, roles, expires_at: invitation.expiresAt.toISOString() },
    });
  });
  return invitation;
}

async function clientFaults({ clientDirectory }: InviteDeps, clientId: string | undefined) {
  if (clientId === undefined || (await clientDirectory.find(clientId))) return [];
  return [
    {
      field: 'client_id',
      code: 'client_unknown',
      detail: `There is no client ${JSON.stringify(clientId)}.`,
    },
  ];
}
