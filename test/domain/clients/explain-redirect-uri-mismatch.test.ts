import { explainRedirectUriMismatch } from '../../../src/domain/clients/explain-redirect-uri-mismatch.js';

const REGISTERED = 'http://localhost:3000/callback';

describe('what a redirect URI differs in (RFC 9700 §2.1)', () => {
  test.each([
    ['http://localhost:3000/callback/', ['trailing_slash']],
    ['https://localhost:3000/callback', ['scheme']],
    ['http://localhost:3001/callback', ['port']],
    ['http://localhost/callback', ['port']],
    ['http://127.0.0.1:3000/callback', ['loopback_name']],
    ['http://[::1]:3000/callback', ['loopback_name']],
    ['http://app.example.com:3000/callback', ['host']],
    ['http://localhost:3000/Callback', ['case']],
    ['HTTP://LOCALHOST:3000/callback', ['case']],
    ['http://localhost:3000/call%62ack', ['encoding']],
    ['http%3A%2F%2Flocalhost%3A3000%2Fcallback', ['encoding']],
    ['http%3A%2F%2Flocalhost%3A3000%2Fcallback%2F', ['encoding', 'trailing_slash']],
    ['http://localhost:3000/', ['trailing_slash', 'path']],
    ['http://localhost:3000/auth', ['path']],
    ['http://localhost:3000/callback?a=b', ['query']],
    ['http://localhost:3000/callback?', ['query']],
    ['http://localhost:3000/callback#', ['fragment']],
    ['http://localhost:3000/callback#top', ['fragment']],
    ['http://me@localhost:3000/callback', ['user_information']],
    [' http://localhost:3000/callback', ['whitespace']],
    ['/callback', ['not_absolute']],
    ['', ['not_absolute']],
    ['%', ['not_absolute']],
    ['https://127.0.0.1:8443/callback/', ['scheme', 'loopback_name', 'port', 'trailing_slash']],
  ])('%s', (sent, differences) => {
    expect(explainRedirectUriMismatch(sent, [REGISTERED])).toEqual({ closest: REGISTERED, differences });
  });

  test('of queries: case and encoding', () => {
    const registered = 'https://app.example.com/?tenant=A%20B';
    const differences = (sent: string) => explainRedirectUriMismatch(sent, [registered])?.differences;
    expect(differences('https://app.example.com/?tenant=A%20b')).toEqual(['case']);
    expect(differences('https://app.example.com/?tenant=A B')).toEqual(['encoding']);
  });

  test('is none where it is registered', () => {
    expect(explainRedirectUriMismatch(REGISTERED, ['https://app.example.com/', REGISTERED])).toBeUndefined();
  });

  test('is said of the closest one', () => {
    const registered = ['https://app.example.com/callback', 'http://localhost:3000/other', REGISTERED];
    expect(explainRedirectUriMismatch('http://localhost:3000/callback/', registered)).toEqual({
      closest: REGISTERED,
      differences: ['trailing_slash'],
    });
    expect(explainRedirectUriMismatch('https://app.example.com/cb', registered)?.closest).toBe(
      'https://app.example.com/callback',
    );
  });

  test('is nothing where none is registered', () => {
    expect(explainRedirectUriMismatch(REGISTERED, [])).toEqual({ closest: undefined, differences: [] });
  });

  test('leaves the port of a native client on loopback alone (RFC 8252 §7.3)', () => {
    const registered = ['http://127.0.0.1/callback'];
    const options = { anyLoopbackPort: true };
    expect(
      explainRedirectUriMismatch('http://127.0.0.1:51004/callback', registered, options),
    ).toBeUndefined();
    expect(
      explainRedirectUriMismatch('http://localhost:51004/callback/', registered, options)?.differences,
    ).toEqual(['loopback_name', 'trailing_slash']);
  });
});
