import type { RecoveryCodeStore } from '../factors/recovery-code-store.js';
import type { TotpStore } from '../factors/totp-store.js';
import type { JsonObject } from '../json.js';
import type { PasskeyStore } from '../passkeys/passkey-store.js';
import type { AccountStore } from './account-store.js';
import { accountNotFound } from './lock-account.js';

/** A way in which an account can prove who it is. */
export interface Credential {
  readonly kind: 'password' | 'totp' | 'recovery_codes' | 'passkey';
  /** Whether the account has it. */
  readonly set: boolean;
  /** By what it is removed: absent for what cannot be, or is not there. */
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly createdAt?: Date | undefined;
  readonly lastUsedAt?: Date | undefined;
  /** Whether a password has to be changed at the next sign-in; absent: not. */
  readonly temporary?: boolean | undefined;
  /** Recovery codes that were not used. */
  readonly left?: number | undefined;
}

export interface ListCredentialsDeps {
  readonly accounts: Pick<AccountStore, 'findById' | 'findByLogin'>;
  readonly totp: Pick<TotpStore, 'find'>;
  readonly recoveryCodes: Pick<RecoveryCodeStore, 'countLeft' | 'madeAt'>;
  readonly passkeys: Pick<PasskeyStore, 'listForAccount'>;
}

/**
 * Lists by what an account can sign in; never what it is checked against.
 * @param id the account's id
 * @throws {DomainError} `not_found`
 */
export async function listCredentials(deps: ListCredentialsDeps, id: string): Promise<readonly Credential[]> {
  const account = await deps.accounts.findById(id);
  const record = account && (await deps.accounts.findByLogin(account.email));
  if (record?.account.id !== account?.id || record === undefined) throw accountNotFound();
  const [totp, left, madeAt, passkeys] = await Promise.all([
    deps.totp.find(id),
    deps.recoveryCodes.countLeft(id),
    deps.recoveryCodes.madeAt(id),
    deps.passkeys.listForAccount(id),
  ]);
  return [
    {
      kind: 'password',
      set: record.passwordHash !== undefined,
      ...(record.account.passwordTemporary && { temporary: true }),
    },
    totp
      ? {
          kind: 'totp',
          set: true,
          id: 'totp',
          name: totp.name,
          createdAt: totp.confirmedAt,
          lastUsedAt: totp.lastUsedAt,
        }
      : { kind: 'totp', set: false },
    madeAt === undefined
      ? { kind: 'recovery_codes', set: false }
      : { kind: 'recovery_codes', set: true, createdAt: madeAt, left },
    ...passkeys.map(({ id: passkeyId, name, createdAt, lastUsedAt }) => ({
      kind: 'passkey' as const,
      set: true,
      id: passkeyId,
      name,
      createdAt,
      lastUsedAt,
    })),
  ];
}

/** The credential as JSON. */
export function credentialInformation(credential: Credential): JsonObject {
  const { kind, set, id, name, createdAt, lastUsedAt, temporary, left } = credential;
  return {
    kind,
    set,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(createdAt === undefined ? {} : { created_at: createdAt.toISOString() }),
    ...(lastUsedAt === undefined ? {} : { last_used_at: lastUsedAt.toISOString() }),
    ...(temporary === undefined ? {} : { temporary }),
    ...(left === undefined ? {} : { left }),
  };
}
