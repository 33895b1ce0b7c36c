import type { IdentityProvider, OAuthEndpoints } from '../domain/upstream/identity-provider.js';

export const PRESET_NAMES = ['github', 'google', 'microsoft', 'gitlab'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** What is known of a provider that many use. */
export interface Preset {
  readonly name: string;
  readonly type: IdentityProvider['type'];
  /** `{tenant}` stands for the setting `tenant`. */
  readonly issuer?: string;
  readonly endpoints?: OAuthEndpoints;
  readonly scopes: readonly string[];
  readonly claims?: Partial<IdentityProvider['claims']>;
  readonly logout: boolean;
}

/** The tenant of Microsoft that stands for organisations and private people alike. */
export const EVERY_TENANT = 'common';

const OPENID = ['openid', 'email', 'profile'];

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  github: {
    name: 'GitHub',
    type: 'oauth2',
    endpoints: {
      authorization: 'https://github.com/login/oauth/authorize',
      token: 'https://github.com/login/oauth/access_token',
      userinfo: 'https://api.github.com/user',
      emails: 'https://api.github.com/user/emails',
    },
    scopes: ['read:user', 'user:email'],
    claims: { subject: 'id' },
    logout: false,
  },
  google: {
    name: 'Google',
    type: 'oidc',
    issuer: 'https://accounts.google.com',
    scopes: OPENID,
    logout: false,
  },
  microsoft: {
    name: 'Microsoft',
    type: 'oidc',
    issuer: 'https://login.microsoftonline.com/{tenant}/v2.0',
    scopes: OPENID,
    logout: true,
  },
  gitlab: { name: 'GitLab', type: 'oidc', issuer: 'https://gitlab.com', scopes: OPENID, logout: false },
};
