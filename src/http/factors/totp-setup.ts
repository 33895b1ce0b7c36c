import type { Context } from 'koa';
import type { Account } from '../../domain/accounts/account.js';
import { DomainError } from '../../domain/errors.js';
import {
  beginTotp,
  confirmTotp,
  findPendingTotp,
  type BeginTotpDeps,
  type ConfirmTotpDeps,
  type TotpConfirmation,
} from '../../domain/factors/enrol-totp.js';
import { base32, totpUri } from '../../domain/factors/totp.js';
import type { TotpAuthenticator } from '../../domain/factors/totp-store.js';
import type { TotpSetupView } from '../factors-view-models.js';
import type { FactorDeps } from './factor-deps.js';
import { answerQrCode } from './qr-code.js';

/** What was wrong with the last try, and what of it is kept. */
export type TotpTry = Pick<TotpSetupView, 'fault'> & { readonly name?: string };

/** The part of the page that is about the authenticator, which is begun where none is under way. */
export async function totpSetupModel(
  deps: BeginTotpDeps & Pick<FactorDeps, 'productName'>,
  account: Account,
  binding: string,
  last: TotpTry,
): Promise<Pick<TotpSetupView, 'key' | 'otpauthUri' | 'name' | 'fault'>> {
  const pending = await beginTotp(deps, account.id, binding);
  return {
    key: (base32(pending.secret).match(/.{1,4}/g) ?? []).join(' '),
    otpauthUri: otpauthUri(deps, account, pending),
    name: last.name ?? '',
    fault: last.fault,
  };
}

/** Takes the first code of a new authenticator. @returns what is wrong with it; undefined where it counts from now on */
export async function takeTotpCode(
  deps: ConfirmTotpDeps,
  form: ReadonlyMap<string, string>,
  about: Omit<TotpConfirmation, 'code' | 'name'>,
): Promise<TotpTry | undefined> {
  const code = form.get('code') ?? '';
  const name = form.get('name') ?? '';
  if (code.trim() === '') return { fault: 'code_missing', name };
  try {
    await confirmTotp(deps, { ...about, code, name });
    return undefined;
  } catch (error) {
    const fault = error instanceof DomainError ? FAULTS[error.code] : undefined;
    if (!fault) throw error;
    return { fault, name };
  }
}

/**
 * Answers the key as an image, while it is being set up.
 * @throws {DomainError} `not_found` where it is not
 */
export async function answerTotpQrCode(
  deps: Pick<FactorDeps, 'totp' | 'productName'>,
  ctx: Context,
  account: Account | undefined,
  binding: string,
): Promise<void> {
  const pending = account && (await findPendingTotp(deps.totp, account.id, binding));
  if (!pending) throw new DomainError('not_found', 'No authenticator is being set up.');
  answerQrCode(ctx, otpauthUri(deps, account, pending));
}

const FAULTS: Partial<Record<DomainError['code'], NonNullable<TotpTry['fault']>>> = {
  invalid_credentials: 'code_wrong',
  not_found: 'expired',
};

function otpauthUri(
  { productName }: Pick<FactorDeps, 'productName'>,
  { email }: Account,
  { secret }: TotpAuthenticator,
): string {
  return totpUri(secret, { issuer: productName, account: email });
}
