/** Stands in the issuer of a provider's metadata for the tenant, where one document is for many. */
const TENANT = '{tenantid}';

/**
 * Who must have issued a token of a provider. Where Microsoft Entra answers for many tenants, each issues tokens in its own
 * name, and says in `tid` which one it is.
 * @param issuer as the metadata of the provider has it
 * @param claims of a token whose signature is good
 * @returns undefined where the token does not say which tenant it is of
 * @see OpenID Connect Discovery 1.0 §4.3
 */
export function expectedIssuer(
  issuer: string,
  claims: Readonly<Record<string, unknown>>,
): string | undefined {
  if (!issuer.includes(TENANT)) return issuer;
  const { tid } = claims;
  return typeof tid === 'string' && /^[\w-]+$/.test(tid) ? issuer.replace(TENANT, tid) : undefined;
}
