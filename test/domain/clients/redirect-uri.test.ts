import type { ClientType } from '../../../src/domain/clients/client.js';
import { redirectUriFault } from '../../../src/domain/clients/redirect-uri.js';

const codeOf = (uri: string, type: ClientType): string =>
  redirectUriFault(uri, type, 'redirect_uris/0')?.code ?? 'accepted';

describe('redirect URIs (RFC 9700 §2.1, RFC 8252 §7)', () => {
  it.each<[string, ClientType]>([
    ['https://app.example.com/callback', 'web'],
    ['https://app.example.com', 'web'],
    ['https://app.example.com/', 'spa'],
    ['https://app.example.com:8443/a/b?tenant=1&x=%20', 'web'],
    ['https://app.example.com:443/callback', 'web'],
    ['https://xn--bcher-kva.example/cb', 'web'],
    ['https://192.0.2.1/cb', 'web'],
    ['https://[2001:db8::1]/cb', 'web'],
    ['http://localhost/cb', 'web'],
    ['http://localhost:3001/cb', 'spa'],
    ['http://127.0.0.1:8080/cb', 'web'],
    ['http://127.255.0.9:8080/cb', 'web'],
    ['http://[::1]:8080/cb', 'spa'],
    ['http://127.0.0.1/cb', 'native'],
    ['http://127.0.0.1:80/cb', 'native'],
    ['http://[::1]/cb', 'native'],
    ['http://localhost:51004/cb', 'native'],
    ['https://app.example.com/claimed', 'native'],
    ['com.example.app:/oauth2redirect', 'native'],
    ['com.example.app:/oauth2redirect/example-provider', 'native'],
    ['com.example.app://callback', 'native'],
    ['com.example.my-app:/cb?x=1', 'native'],
  ])('accepts %s for a %s client', (uri, type) => {
    expect(codeOf(uri, type)).toBe('accepted');
  });

  it.each<[string, ClientType, string]>([
    // Not absolute, or not even a URI.
    ['', 'web', 'redirect_uri_not_absolute'],
    ['/callback', 'web', 'redirect_uri_not_absolute'],
    ['//app.example.com/cb', 'web', 'redirect_uri_not_absolute'],
    ['app.example.com/cb', 'web', 'redirect_uri_not_absolute'],
    ['https://', 'web', 'redirect_uri_not_absolute'],
    ['https://app.example.com/a b', 'web', 'redirect_uri_not_absolute'],
    [' https://app.example.com/', 'web', 'redirect_uri_not_absolute'],
    ['https://app.example.com/cb\n', 'web', 'redirect_uri_not_absolute'],
    ['https://app.example.com/a\0b', 'web', 'redirect_uri_not_absolute'],
    ['java\tscript:alert(1)', 'native', 'redirect_uri_not_absolute'],
    ['https://app.example.com\\@evil.example/cb', 'web', 'redirect_uri_not_absolute'],
    ['https://bücher.example/cb', 'web', 'redirect_uri_not_absolute'],
    ['https://app.example.com/%zz', 'web', 'redirect_uri_not_absolute'],
    ['https://app.example.com:99999/', 'web', 'redirect_uri_not_absolute'],
    ['https://app.example.com/"><script>', 'web', 'redirect_uri_not_absolute'],
    [`https://app.example.com/${'a'.repeat(2048)}`, 'web', 'redirect_uri_too_long'],
    // Fragments, wildcards, user information.
    ['https://app.example.com/cb#', 'web', 'redirect_uri_fragment'],
    ['https://app.example.com/cb#state', 'web', 'redirect_uri_fragment'],
    ['com.example.app:/cb#x', 'native', 'redirect_uri_fragment'],
    ['https://*.example.com/cb', 'web', 'redirect_uri_wildcard'],
    ['https://app.example.com/*', 'web', 'redirect_uri_wildcard'],
    ['http://localhost:*/cb', 'native', 'redirect_uri_not_absolute'],
    ['https://user@app.example.com/cb', 'web', 'redirect_uri_userinfo'],
    ['https://app.example.com:443@evil.example/cb', 'web', 'redirect_uri_userinfo'],
    ['https://@app.example.com/cb', 'web', 'redirect_uri_userinfo'],
    ['http://localhost@evil.example/cb', 'native', 'redirect_uri_userinfo'],
    ['com.example.app://user@host/cb', 'native', 'redirect_uri_userinfo'],
    // http: beyond loopback.
    ['http://app.example.com/cb', 'web', 'redirect_uri_http'],
    ['http://app.example.com/cb', 'spa', 'redirect_uri_http'],
    ['http://app.example.com/cb', 'native', 'redirect_uri_http'],
    ['http://localhost.evil.example/cb', 'web', 'redirect_uri_http'],
    ['http://localhost./cb', 'web', 'redirect_uri_http'],
    ['http://127.0.0.1.evil.example/cb', 'web', 'redirect_uri_http'],
    ['http://128.0.0.1/cb', 'web', 'redirect_uri_http'],
    ['http://0.0.0.0/cb', 'web', 'redirect_uri_http'],
    ['http://[::]/cb', 'web', 'redirect_uri_http'],
    ['http://[::ffff:127.0.0.1]/cb', 'web', 'redirect_uri_http'],
    ['http://127.0.0.2/cb', 'native', 'redirect_uri_http'],
    ['https://localhost/cb', 'native', 'redirect_uri_loopback_https'],
    // Schemes.
    ['javascript:alert(1)', 'web', 'redirect_uri_scheme'],
    ['javascript:alert(1)', 'native', 'redirect_uri_scheme'],
    ['JavaScript:alert(1)', 'native', 'redirect_uri_scheme'],
    ['javascript://app.example.com/%0aalert(1)', 'native', 'redirect_uri_scheme'],
    ['data:text/html,hi', 'native', 'redirect_uri_scheme'],
    ['file:///etc/passwd', 'native', 'redirect_uri_scheme'],
    ['vbscript:x', 'native', 'redirect_uri_scheme'],
    ['blob:https://app.example.com/1', 'native', 'redirect_uri_scheme'],
    ['about:blank', 'native', 'redirect_uri_scheme'],
    ['ftp://app.example.com/cb', 'web', 'redirect_uri_scheme'],
    ['ws://localhost/cb', 'native', 'redirect_uri_scheme'],
    ['urn:ietf:wg:oauth:2.0:oob', 'native', 'redirect_uri_scheme'],
    ['myapp:/cb', 'native', 'redirect_uri_scheme'],
    ['com.example.app:cb', 'native', 'redirect_uri_scheme'],
    ['com..app:/cb', 'native', 'redirect_uri_scheme'],
    ['javascript.:/cb', 'native', 'redirect_uri_scheme'],
    ['com.example.app:/cb', 'web', 'redirect_uri_scheme'],
    ['com.example.app:/cb', 'spa', 'redirect_uri_scheme'],
    // Spellings that a browser or a library would send differently.
    ['HTTPS://app.example.com/cb', 'web', 'redirect_uri_not_normal'],
    ['https://App.Example.com/cb', 'web', 'redirect_uri_not_normal'],
    ['https:app.example.com/cb', 'web', 'redirect_uri_not_normal'],
    ['https:///app.example.com/cb', 'web', 'redirect_uri_not_normal'],
    ['https://app.example.com/a/../cb', 'web', 'redirect_uri_not_normal'],
    ['https://app.example.com/a/%2e%2e/cb', 'web', 'redirect_uri_not_normal'],
    ['http://127.1/cb', 'web', 'redirect_uri_not_normal'],
    ['http://0x7f.0.0.1/cb', 'web', 'redirect_uri_not_normal'],
    ['http://2130706433/cb', 'native', 'redirect_uri_not_normal'],
    ['COM.example.app:/cb', 'native', 'redirect_uri_scheme'],
    ['com.example.app://h/a/../cb', 'native', 'redirect_uri_not_normal'],
  ])('refuses %j for a %s client: %s', (uri, type, code) => {
    expect(codeOf(uri, type)).toBe(code);
  });

  it('names the field and says what would be right', () => {
    expect(redirectUriFault('http://app.example.com/', 'web', 'redirect_uris/3')).toEqual({
      field: 'redirect_uris/3',
      code: 'redirect_uri_http',
      detail: 'redirect_uris/3 "http://app.example.com/": http: is for loopback hosts only; use https://.',
    });
  });
});
