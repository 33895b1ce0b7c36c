import type { Configuration } from 'oidc-provider';

/**
 * Cookies: signed, out of reach of scripts, sent only to this host; on https also only over https, under the `__Host-`
 * prefix where the path allows it.
 * @param keys sign the cookies; the first one signs, all verify
 * @see RFC 6265bis §4.1.3
 */
export function cookieSettings(
  issuer: string,
  keys: readonly string[],
): NonNullable<Configuration['cookies']> {
  const secure = new URL(issuer).protocol === 'https:';
  const options = { signed: true, httpOnly: true, overwrite: true, sameSite: 'lax', secure } as const;
  return {
    keys: [...keys],
    names: {
      session: secure ? '__Host-latchkey_session' : 'latchkey_session',
      interaction: 'latchkey_interaction',
      resume: 'latchkey_resume',
    },
    long: { ...options, path: '/' },
    short: options,
  };
}
