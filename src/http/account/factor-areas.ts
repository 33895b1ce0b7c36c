import type { FactorDeps } from '../factors/factor-deps.js';
import { RECOVERY_CODES_PATH, TOTP_PATH } from './factor-paths.js';
import type { AccountArea } from './home-account-deps.js';

/** Authenticator and recovery codes, for the account's overview and its download. */
export function factorAreas({
  totp,
  recoveryCodes,
}: Pick<FactorDeps, 'totp' | 'recoveryCodes'>): readonly AccountArea[] {
  return [
    {
      name: 'totp',
      path: TOTP_PATH,
      count: async ({ id }) => ((await totp.find(id)) ? 1 : 0),
      async exported({ id }) {
        const authenticator = await totp.find(id);
        if (!authenticator) return null;
        return {
          name: authenticator.name,
          added_at: (authenticator.confirmedAt ?? authenticator.createdAt).toISOString(),
          last_used_at: authenticator.lastUsedAt?.toISOString() ?? null,
        };
      },
    },
    {
      name: 'recovery_codes',
      path: RECOVERY_CODES_PATH,
      count: ({ id }) => recoveryCodes.countLeft(id),
      async exported({ id }) {
        const [left, madeAt] = await Promise.all([recoveryCodes.countLeft(id), recoveryCodes.madeAt(id)]);
        return { left, made_at: madeAt?.toISOString() ?? null };
      },
    },
  ];
}
