import type { Account } from '../../domain/accounts/account.js';
import { base32, totpUri } from '../../domain/factors/totp.js';
import type { TotpAuthenticator } from '../../domain/factors/totp-store.js';
import { DomainError } from '../../domain/errors.js';
import type { FactorDeps } from './factor-deps.js';

/** The key of an authenticator that is being set up, in every form in which a page shows it. */
export function totpKey(
  { productName }: Pick<FactorDeps, 'productName'>,
  account: Account,
  { secret }: TotpAuthenticator,
): { readonly key: string; readonly otpauthUri: string } {
  return {
    key: (base32(secret).match(/.{1,4}/g) ?? []).join(' '),
    otpauthUri: totpUri(secret, { issuer: productName, account: account.email }),
  };
}

/** Why an authenticator was not taken. */
export function setupFault(error: unknown): 'code_wrong' | 'expired' | undefined {
  if (!(error instanceof DomainError)) return undefined;
  if (error.code === 'invalid_credentials') return 'code_wrong';
  return error.code === 'not_found' ? 'expired' : undefined;
}
