import { createHash, type X509Certificate } from 'node:crypto';
import { errors, type default as Provider, type KoaContextWithOIDC } from 'oidc-provider';
import validateDpop, { checkDpopReplay } from 'oidc-provider/lib/helpers/validate_dpop.js';

/** A request that bears a token. */
export type TokenRequest = Pick<KoaContextWithOIDC, 'get' | 'method' | 'protocol' | 'host' | 'path'>;

/** An access token as it came. */
export interface PresentedToken {
  readonly scheme: 'Bearer' | 'DPoP';
  readonly value: string;
  readonly ctx: TokenRequest;
}

/** Why a token is not taken. @see RFC 6750 §3.1, RFC 9449 §7.1, §9 */
export type TokenRefusalCode = 'invalid_token' | 'invalid_dpop_proof' | 'use_dpop_nonce';

/** Thrown for a token that is there, and that whoever presents it may not use. */
export class TokenRefusal extends Error {
  override readonly name = 'TokenRefusal';
  readonly code: TokenRefusalCode;

  constructor(code: TokenRefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What a token is bound to. */
export interface BoundToken {
  readonly clientId?: string | undefined;
  readonly jkt?: string | undefined;
  readonly 'x5t#S256'?: string | undefined;
}

/**
 * Sees that whoever presents a token holds the key that it is bound to, where it is bound to one. The proof is checked as at
 * the protocol's own endpoints, and one that was used anywhere is used up.
 * @param certificateOf the certificate that came with the request; absent: none is taken
 * @throws {TokenRefusal}
 * @see RFC 9449 §7, RFC 8705 §3
 */
export async function provePossession(
  provider: Provider,
  token: BoundToken,
  { scheme, value, ctx }: PresentedToken,
  certificateOf: ((ctx: TokenRequest) => X509Certificate | undefined) | undefined,
): Promise<void> {
  const x5t = token['x5t#S256'];
  if (x5t !== undefined && thumbprintOf(certificateOf?.(ctx)) !== x5t) {
    throw new TokenRefusal('invalid_token', 'The access token is bound to another certificate.');
  }
  if (scheme === 'Bearer') {
    if (token.jkt === undefined) return;
    throw new TokenRefusal(
      'invalid_token',
      'The access token is bound to a key: send it by the scheme DPoP.',
    );
  }
  if (token.jkt === undefined) {
    throw new TokenRefusal(
      'invalid_token',
      'The access token is bound to no key: send it by the scheme Bearer.',
    );
  }
  await checkProof(provider, { jkt: token.jkt, clientId: token.clientId ?? '', value, ctx });
}

async function checkProof(
  provider: Provider,
  { jkt, clientId, value, ctx }: { jkt: string; clientId: string; value: string; ctx: TokenRequest },
): Promise<void> {
  // The check is made for the library's own routes; this is what it reads of them.
  const asked = Object.create(ctx, {
    oidc: { value: { provider, route: 'api', urlFor: () => `${ctx.protocol}://${ctx.host}${ctx.path}` } },
  }) as TokenRequest;
  try {
    const proof = await validateDpop(provider, asked, value);
    if (!proof) throw new TokenRefusal('invalid_dpop_proof', 'The header DPoP with a proof is missing.');
    if (proof.thumbprint !== jkt) {
      throw new TokenRefusal('invalid_token', 'The access token is bound to another key.');
    }
    await checkDpopReplay(provider, asked, proof, clientId, errors.InvalidDpopProof);
  } catch (error) {
    if (!(error instanceof errors.OIDCProviderError) || error.status >= 500) throw error;
    const code = error instanceof errors.UseDpopNonce ? 'use_dpop_nonce' : 'invalid_dpop_proof';
    throw new TokenRefusal(code, `The DPoP proof is not accepted: ${error.error_description ?? code}.`, {
      cause: error,
    });
  }
}

/** @see RFC 8705 §3.1 */
function thumbprintOf(certificate: X509Certificate | undefined): string | undefined {
  return certificate && createHash('sha256').update(certificate.raw).digest('base64url');
}
