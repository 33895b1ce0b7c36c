import type { AccountArea } from '../http/account/home-account-deps.js';
import { passkeyInformation } from '../domain/passkeys/passkey.js';
import { PASSKEYS_PATH } from '../http/account/passkeys-path.js';
import type { PasskeysAccountDeps } from '../http/account/passkeys-account-deps.js';
import type { PasskeySignIn } from '../http/interactions/passkey-sign-in-deps.js';
import { createKeyedHash, deriveKey } from '../security/derive-key.js';
import { createWebauthnCeremonies } from '../security/webauthn-ceremonies.js';
import type { Application } from './application.js';

/** Puts together what signing in by passkey and the pages of passkeys need. */
export function openPasskeys({ config, dataKey, issuer, stores, loginThrottle, clock }: Application): {
  readonly passkeySignIn: PasskeySignIn;
  readonly ownPasskeys: PasskeysAccountDeps['ownPasskeys'];
  readonly area: AccountArea;
} {
  const { accounts, passkeys } = stores;
  const ceremonies = createWebauthnCeremonies({ issuer, name: config.branding.name });
  const userHandleHash = createKeyedHash(deriveKey(dataKey, 'passkey-user-handles'));
  return {
    passkeySignIn: { accounts, passkeys, ceremonies, userHandleHash, loginThrottle, clock },
    ownPasskeys: { passkeys, ceremonies, userHandleHash, clock },
    area: {
      name: 'passkeys',
      path: PASSKEYS_PATH,
      count: ({ id }) => passkeys.countFor(id),
      exported: async ({ id }) => (await passkeys.listForAccount(id)).map(passkeyInformation),
    },
  };
}
