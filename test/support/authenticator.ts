import { beginTotp, confirmTotp } from '../../src/domain/factors/enrol-totp.js';
import { activateRecoveryCodes, makeRecoveryCodes } from '../../src/domain/factors/recovery-codes.js';
import { totpCode, totpStep } from '../../src/domain/factors/totp.js';
import { createKeyedHash, deriveKey } from '../../src/security/derive-key.js';
import type { Fixture, TestUser } from './server-fixture.js';

/** A person's authenticator app, set up at a running server. */
export interface Authenticator {
  /** A code that the server has not seen: for tests that need more of them than one in half a minute. */
  freshCode(): Promise<string>;
  /** The code that an app shows now. */
  code(): string;
  readonly recoveryCodes: readonly string[];
}

/** Sets up an authenticator and recovery codes for a user, beside the running server. */
export async function setUpAuthenticator(
  { application }: Fixture,
  { id: accountId }: TestUser,
): Promise<Authenticator> {
  const deps = {
    ...application,
    recoveryCodeHash: createKeyedHash(deriveKey(application.dataKey, 'recovery-codes')),
  };
  const { secret } = await beginTotp(deps, accountId, 'a test');
  const code = (): string => totpCode(secret, totpStep(new Date()));
  await confirmTotp(deps, { accountId, binding: 'a test', code: code(), name: 'Phone' });
  const recoveryCodes = await makeRecoveryCodes(deps, accountId);
  await activateRecoveryCodes(deps, accountId, recoveryCodes);
  return {
    code,
    async freshCode() {
      await application.database
        .knex('totp_authenticators')
        .where({ account_id: accountId })
        .update({ last_step: null });
      return code();
    },
    recoveryCodes,
  };
}
