import type { default as Provider } from 'oidc-provider';
import { acrToTell } from './authentication-check.js';
import { requestedAuthentication } from './requested-authentication.js';

/** Has codes, and by them tokens, tell the `acr` in the words of the request: see `acrToTell`. */
export function tellReachedAcr(provider: Provider): void {
  provider.on('authorization.accepted', (ctx) => {
    const { params, session } = ctx.oidc;
    const value = acrToTell(requestedAuthentication(params ?? {}), session?.acr);
    Object.defineProperty(ctx.oidc, 'acr', { value, configurable: true });
  });
}
