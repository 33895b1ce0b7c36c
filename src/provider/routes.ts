import type { Configuration } from 'oidc-provider';

/** Paths of the protocol's endpoints; relying parties find them through discovery. */
export const ROUTES = {
  authorization: '/authorize',
  backchannel_authentication: '/backchannel',
  challenge: '/challenge',
  code_verification: '/device',
  device_authorization: '/device/authorize',
  end_session: '/session/end',
  introspection: '/introspect',
  jwks: '/jwks',
  pushed_authorization_request: '/par',
  registration: '/register',
  revocation: '/revoke',
  token: '/token',
  userinfo: '/userinfo',
} as const satisfies Configuration['routes'];
