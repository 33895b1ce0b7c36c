import { faultsOfFileText, readFileText } from './sources.js';

const GOOD = {
  id: 'home',
  name: 'Home',
  issuer: 'https://id.example.com',
  client_id: 'a',
  client_secret: 'b',
};

const read = (provider: object, more: object = {}) =>
  readFileText(JSON.stringify({ identity_providers: [{ ...GOOD, ...provider }], ...more }));

/** All faults, one line each. */
const faultsIn = (content: object): string =>
  faultsOfFileText(JSON.stringify(content))
    .map(({ setting, problem, remedy }) => `${setting} ${problem}. ${remedy}`)
    .join('\n');

describe('identity_providers', () => {
  it('takes the rest from the preset', () => {
    const [github] = readFileText(
      JSON.stringify({
        identity_providers: [{ id: 'gh', preset: 'github', client_id: 'a', client_secret: 'b' }],
      }),
    ).identityProviders;
    expect(github).toMatchObject({
      name: 'GitHub',
      type: 'oauth2',
      issuer: 'https://github.com/login/oauth/authorize',
      claims: { subject: 'id' },
      signUp: false,
      trustEmail: 'when_said',
    });
  });

  it('asks the tenant of Microsoft', () => {
    const { issuer: _issuer, ...rest } = GOOD;
    const text = JSON.stringify({
      identity_providers: [{ ...rest, preset: 'microsoft', tenant: 'example.org' }],
    });
    expect(readFileText(text).identityProviders[0]?.issuer).toBe(
      'https://login.microsoftonline.com/example.org/v2.0',
    );
  });

  it('lets nobody be sent back after a logout, unless it is wished for', () => {
    expect(read({}).identityProviders[0]).toMatchObject({ logout: true, logoutReturn: false });
    const more = { preset: 'google', logout: true, logout_return: true };
    expect(read(more).identityProviders[0]).toMatchObject({ logout: true, logoutReturn: true });
  });

  it('lets new people in by default only where everybody may sign up', () => {
    expect(read({}, { sign_up: { mode: 'open' } }).identityProviders[0]?.signUp).toBe(true);
    const some = { sign_up: { mode: 'open', email_domains: ['example.org'] } };
    expect(read({}, some).identityProviders[0]?.signUp).toBe(false);
    expect(read({ sign_up: 'allow' }).identityProviders[0]?.signUp).toBe(true);
  });

  it.each([
    [{ id: 'No Good' }, /is not an id.*lower-case/s],
    [{ issuer: 'http://id.example.com' }, /is not an https URL/],
    [{ issuer: undefined }, /issuer.*is missing.*preset/s],
    [{ type: 'oauth2', issuer: undefined }, /token_endpoint.*is missing/s],
    [{ type: 'oauth2' }, /issuer.*is not for a provider of type oauth2/s],
    [{ token_endpoint: 'https://id.example.com/token' }, /token_endpoint.*Remove it/s],
    [{ client_secret: undefined }, /client_secret_file.*is missing/s],
    [{ client_secret_file: 'x' }, /is set, and so is client_secret/],
    [{ preset: 'gogle' }, /Did you mean google/],
    [{ tenant: 'x' }, /only for the preset microsoft/],
    [{ email_domains: ['@example.org'] }, /is not a domain/],
    [{ logout_return: true, logout: false }, /logout_return.*is only for a provider with logout.*Add/s],
    [{ logout_return: true, preset: 'google' }, /logout_return.*is only for a provider with logout/s],
    [{ logout_return: true, type: 'oauth2' }, /logout_return.*is not for a provider of type oauth2/s],
    [{ trust_mail: true }, /Did you mean trust_email/],
  ])('refuses %j, saying what to do', (provider, message) => {
    expect(faultsIn({ identity_providers: [{ ...GOOD, ...provider }] })).toMatch(message);
  });

  it('refuses two of one id, and clients that name one that is not there', () => {
    expect(faultsIn({ identity_providers: [GOOD, GOOD] })).toMatch(/declared twice/);
    const clients = [{ client_id: 'a', type: 'spa', identity_providers: ['hom'] }];
    expect(faultsIn({ identity_providers: [GOOD], clients })).toMatch(
      /"hom" is not a declared identity provider/,
    );
  });
});
