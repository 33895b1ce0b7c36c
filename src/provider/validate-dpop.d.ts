/** The library's own check of proofs, which the types of its package leave out. It is pinned to one version with the library. */
declare module 'oidc-provider/lib/helpers/validate_dpop.js' {
  import type { default as Provider, errors } from 'oidc-provider';

  interface DpopProof {
    /** Of the key that signed the proof. */
    readonly thumbprint: string;
    readonly jti: string;
    readonly iat: number;
  }

  /**
   * Checks the proof of a request: signature, `htm`, `htu`, `ath`, `iat` or nonce.
   * @param ctx with an `oidc` of the same provider
   * @returns undefined where there is none
   * @throws {errors.InvalidDpopProof}
   * @throws {errors.UseDpopNonce} with the nonce set as a header
   */
  export default function validateDpop(
    provider: Provider,
    ctx: object,
    accessToken: string,
  ): Promise<DpopProof | undefined>;

  /** @throws {errors.OIDCProviderError} for a proof that was used before */
  export function checkDpopReplay(
    provider: Provider,
    ctx: object,
    proof: DpopProof,
    clientId: string,
    errorClass: typeof errors.InvalidDpopProof,
  ): Promise<void>;
}
