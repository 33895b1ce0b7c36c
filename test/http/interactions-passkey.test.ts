import { setAccountDisabled } from '../../src/domain/accounts/set-account-disabled.js';
import type { JsonObject } from '../../src/domain/json.js';
import { enrolPasskey } from '../../src/domain/passkeys/enrol-passkey.js';
import { issuePasskeyChallenge } from '../../src/domain/passkeys/passkey-challenge.js';
import { createWebauthnCeremonies } from '../../src/security/webauthn-ceremonies.js';
import { shownPage } from '../support/http-app.js';
import { LOGIN, RESUME, useInteractionApps } from '../support/interaction-app.js';
import { challengeOf, createSoftwarePasskey, type AnswerOptions } from '../support/software-authenticator.js';

const serveInteractions = useInteractionApps();
const ceremonies = createWebauthnCeremonies({ issuer: 'https://id.example.com', name: 'Latchkey' });

async function serveWithPasskey() {
  const served = await serveInteractions();
  const { account, accountId, post } = served;
  const passkey = createSoftwarePasskey();
  const challenge = await issuePasskeyChallenge(account, 'new');
  const answer = passkey.creation({ challenge: challenge.toString('base64url') });
  await enrolPasskey(
    { ...account, ceremonies },
    { id: accountId },
    { answer, binding: 'new', fallbackName: '' },
  );
  const begin = async (step = 'passkey/options'): Promise<JsonObject> =>
    JSON.parse((await post(step, {})).body) as JsonObject;
  return {
    ...served,
    passkey,
    begin,
    signIn: async (over: Partial<AnswerOptions> = {}) =>
      post('passkey', { credential: passkey.assertion({ challenge: challengeOf(await begin()), ...over }) }),
  };
}

describe('signing in by passkey', () => {
  test('goes on with the protocol; it counts as two factors (RFC 8176 §2)', async () => {
    const { interactions, accountId, signIn } = await serveWithPasskey();
    const answer = await signIn();
    expect(answer.status).toBe(200);
    expect(shownPage(answer)).toMatchObject({ page: 'continue', model: { continueUri: RESUME } });
    expect(interactions.finished).toMatchObject([{ accountId, acr: 'phr' }]);
  });

  test('names passkeys only to a browser that is signed in to the account', async () => {
    const { interactions, accountId, begin, passkey } = await serveWithPasskey();
    interactions.now = { ...LOGIN, loginHint: 'jo@example.com' };
    expect(await begin()).not.toHaveProperty('allowCredentials');
    expect(await begin('passkey/options?account=fixed')).not.toHaveProperty('allowCredentials');
    interactions.now = { ...LOGIN, accountId };
    expect(await begin('passkey/options?account=fixed')).toMatchObject({
      allowCredentials: [{ id: passkey.credentialId.toString('base64url') }],
    });
  });

  test.each<[string, Partial<AnswerOptions>]>([
    ['of another origin', { origin: 'https://evil.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['to another challenge', { challenge: 'AAAA' }],
    ['without verification of the user', { userVerified: false }],
  ])('is refused with a plain text for an answer %s', async (_, over) => {
    const { interactions, logger, signIn } = await serveWithPasskey();
    const answer = await signIn(over);
    expect(answer.status).toBe(422);
    expect(shownPage(answer)).toMatchObject({ page: 'login', model: { fault: 'passkey_refused' } });
    expect(interactions.finished).toEqual([]);
    expect(logger.lines.at(-1)).toMatchObject({ event: 'sign-in refused' });
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '<script>'],
    ['a number', '1'],
    ['null', 'null'],
    ['much', 'a'.repeat(50_000)],
    ['a strange object', '{"id":"AAAA","response":{"clientDataJSON":[],"userHandle":7}}'],
  ])('is refused with a plain text for %s', async (_, credential) => {
    const { post } = await serveWithPasskey();
    const answer = await post('passkey', { credential });
    expect(answer.status).toBe(422);
    expect(shownPage(answer).model).toMatchObject({ fault: 'passkey_refused' });
  });

  test('is refused in another interaction, twice, after five minutes, and when the account is disabled', async () => {
    const { account, accountId, begin, passkey, post, signIn } = await serveWithPasskey();
    const credential = passkey.assertion({ challenge: challengeOf(await begin()) });
    expect((await post('passkey', { credential })).status).toBe(200);
    expect((await post('passkey', { credential })).status).toBe(422);
    const late = passkey.assertion({ challenge: challengeOf(await begin()) });
    account.clock.turn(5 * 60);
    expect((await post('passkey', { credential: late })).status).toBe(422);
    await setAccountDisabled(account, accountId, true);
    expect((await signIn()).status).toBe(422);
  });

  test('says when to try again after too many tries (RFC 6585 §4)', async () => {
    const { account, signIn } = await serveWithPasskey();
    account.loginThrottle.wait = 61;
    const answer = await signIn();
    expect(answer).toMatchObject({ status: 429, headers: { 'retry-after': '61' } });
    expect(shownPage(answer).model).toMatchObject({ fault: 'too_many_attempts', retryAfterMinutes: 2 });
  });

  test('takes forms of its own pages alone (S21)', async () => {
    const { post } = await serveWithPasskey();
    expect((await post('passkey/options', { csrf: 'wrong' })).status).toBe(403);
    expect((await post('passkey', { csrf: 'wrong' })).status).toBe(403);
    expect((await post('passkey/options', {}, { origin: 'https://evil.example' })).status).toBe(403);
  });
});
