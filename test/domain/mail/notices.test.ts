import { sendAccountLink } from '../../../src/domain/account-links/send-account-link.js';
import { changePassword } from '../../../src/domain/accounts/change-password.js';
import { createAccount } from '../../../src/domain/accounts/create-account.js';
import { updateAccount } from '../../../src/domain/accounts/update-account.js';
import { signOutEverywhere } from '../../../src/domain/sessions/sign-out-everywhere.js';
import { createAccountDeps, faultsOf, GOOD_PASSWORD, refusalOf } from '../../support/account-deps.js';

let deps: ReturnType<typeof createAccountDeps>;
let id: string;
beforeEach(async () => {
  deps = createAccountDeps();
  ({ id } = await createAccount(deps, { email: 'ada@example.com', profile: { locale: 'de' } }));
});
const sent = () =>
  deps.mailOutbox.mails.map(({ to, values }) => ('notice' in values ? `${values.notice} ${to}` : to));

describe('notices (S72)', () => {
  test('a new password, whoever sets it', async () => {
    await changePassword(deps, id, GOOD_PASSWORD);
    expect(deps.mailOutbox.mails).toEqual([
      {
        kind: 'notice',
        to: 'ada@example.com',
        locale: 'de',
        accountId: id,
        values: {
          notice: 'password_changed',
          at: '2026-11-23T12:00:00.000Z',
          link: 'https://id.example.com/account',
        },
      },
    ]);
  });

  test('a new email is told at the old and the new address; another spelling of it is none', async () => {
    await updateAccount(deps, id, { email: 'Ada@Example.com' });
    expect(sent()).toEqual([]);
    await updateAccount(deps, id, { email: 'lovelace@example.com' });
    expect(sent()).toEqual(['email_changed Ada@Example.com', 'email_changed lovelace@example.com']);
  });

  test('being signed out everywhere', async () => {
    await signOutEverywhere(deps, id);
    expect(sent()).toEqual(['signed_out_everywhere ada@example.com']);
  });

  test('a change that is refused tells nothing', async () => {
    await refusalOf(
      updateAccount(deps, id, {
        email: 'lovelace@example.com',
        expect: () => {
          throw new Error('no');
        },
      }),
    ).catch(() => undefined);
    expect(sent()).toEqual([]);
  });
});

describe('sending a link', () => {
  const linking = () => ({
    ...deps,
    mail: { available: true },
    clientDirectory: {
      find: () => Promise.resolve(undefined),
    },
  });

  test('names the client by its name, and refuses one that does not exist', async () => {
    await sendAccountLink(linking(), 'sign_in', id);
    expect(deps.mailOutbox.mails).toMatchObject([{ kind: 'sign-in-link', values: { minutes: 15 } }]);
    expect(await faultsOf(sendAccountLink(linking(), 'sign_in', id, { clientId: 'none' }))).toEqual([
      'client_id: client_unknown',
    ]);
  });

  test('is refused where there is no mail, and nothing is made', async () => {
    const work = sendAccountLink({ ...linking(), mail: { available: false } }, 'password_reset', id);
    expect(await faultsOf(work)).toEqual(['send: mail_not_configured']);
    expect(deps.accountLinks.links).toEqual([]);
  });
});
