import type { default as Provider } from 'oidc-provider';

/**
 * Has every answer to an authorization request name the issuer, as discovery says. The library leaves that to the ID token
 * where there is one. A signed answer (JARM) has it inside.
 * @see RFC 9207 §2
 */
export function tellIssuer(provider: Provider): void {
  provider.on('authorization.success', (ctx, answer) => {
    if (answer && !ctx.oidc.responseMode?.includes('jwt')) Object.assign(answer, { iss: provider.issuer });
  });
}
