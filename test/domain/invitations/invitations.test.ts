import { acceptInvitation, findInvitation } from '../../../src/domain/invitations/accept-invitation.js';
import { invite, type InvitationRequest } from '../../../src/domain/invitations/invite.js';
import { listInvitations } from '../../../src/domain/invitations/list-invitations.js';
import { revokeInvitation } from '../../../src/domain/invitations/revoke-invitation.js';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { createRole } from '../../../src/domain/roles/create-role.js';
import { OPERATOR } from '../../../src/domain/roles/grantor.js';
import type { SignUpMode } from '../../../src/domain/registrations/sign-up-mode.js';
import { createAccountDeps, faultsOf, GOOD_PASSWORD, refusalOf } from '../../support/account-deps.js';

let deps: ReturnType<typeof createAccountDeps>;
beforeEach(async () => {
  deps = createAccountDeps();
  await createRole(deps, OPERATOR, { name: 'support', permissions: ['users:read'] });
  deps.audit.entries.length = 0;
});

const clientDirectory = { find: () => Promise.resolve(undefined) };
const send = (other: Partial<InvitationRequest> = {}, mode: SignUpMode = 'invitation') =>
  invite(
    { ...deps, clientDirectory, signUp: { mode, emailDomains: [] } },
    { email: 'ada@example.org', roles: ['support'], givenName: 'Ada', locale: 'de', ...other },
  );
const lastToken = (): string =>
  (deps.mailOutbox.mails.at(-1)?.values as { readonly link: string }).link.split('/').at(-1) ?? '';

test('an invitation becomes a verified account with its roles, once', async () => {
  await send();
  expect(deps.mailOutbox.mails).toMatchObject([{ kind: 'invitation', to: 'ada@example.org', locale: 'de' }]);
  const token = lastToken();
  expect((await findInvitation(deps, token)).content).toMatchObject({ givenName: 'Ada' });
  const accept = () => acceptInvitation(deps, { token, password: GOOD_PASSWORD, givenName: 'Ada L.' });
  const { account } = await accept();
  expect(account).toMatchObject({
    email: 'ada@example.org',
    emailVerified: true,
    roles: ['support'],
    profile: { givenName: 'Ada L.', locale: 'de' },
  });
  expect((await refusalOf(accept())).code).toBe('account_link_invalid');
  expect(deps.audit.entries.map(({ type }) => type)).toEqual(['invitation.sent', 'user.created']);
});

test('nobody invites to more than they may do themselves', async () => {
  const refusal = await refusalOf(send({ grantor: { permissions: new Set(['users:write']) } }));
  expect(refusal.code).toBe('insufficient_rights');
  expect(deps.mailOutbox.mails).toEqual([]);
});

test('all faults show at once; an address that has an account is refused', async () => {
  expect(await faultsOf(send({ email: 'a\nb@example.org', roles: ['No!'], clientId: 'gone' }))).toEqual([
    'email: email_invalid',
    'roles/0: role_invalid',
    'client_id: client_unknown',
  ]);
  await createAccount(deps, { email: 'ada@example.org' });
  expect((await refusalOf(send())).code).toBe('already_exists');
});

test('nobody is invited where signing up is off', async () => {
  expect((await refusalOf(send({}, 'off'))).code).toBe('sign_up_off');
});

test('a weak password does not use it up', async () => {
  await send();
  const token = lastToken();
  expect(await faultsOf(acceptInvitation(deps, { token, password: 'short' }))).toEqual([
    'password: password_too_short',
  ]);
  await acceptInvitation(deps, { token, password: GOOD_PASSWORD });
});

test('it ends when it is taken back, replaced, or 7 days old', async () => {
  await send();
  const first = lastToken();
  await send();
  expect((await refusalOf(findInvitation(deps, first))).code).toBe('account_link_invalid');
  const { invitations } = await listInvitations(deps, {});
  expect(invitations).toHaveLength(1);
  await revokeInvitation(deps, invitations[0]?.id ?? '');
  expect((await refusalOf(findInvitation(deps, lastToken()))).code).toBe('account_link_invalid');
  expect((await refusalOf(revokeInvitation(deps, invitations[0]?.id ?? ''))).code).toBe('not_found');
  await send();
  deps.clock.turn(7 * 24 * 60 * 60);
  expect((await refusalOf(findInvitation(deps, lastToken()))).code).toBe('account_link_invalid');
  expect((await listInvitations(deps, {})).invitations).toEqual([]);
});

test('a role that is gone meanwhile is left out', async () => {
  await send();
  await deps.roles.remove('support');
  const { account } = await acceptInvitation(deps, { token: lastToken(), password: GOOD_PASSWORD });
  expect(account.roles).toEqual([]);
});
