import type { FactorDeps } from '../http/factors/factor-deps.js';
import { createDeviceMemory } from '../http/factors/device-memory.js';
import { createKeyedHash, deriveKey } from '../security/derive-key.js';
import type { Application } from './application.js';

/** Puts together what the pages of second factors, and the protocol's check of them, need. */
export function openFactors(
  application: Application,
  secondFactors: FactorDeps['secondFactors'],
): FactorDeps {
  const { stores, dataKey, clock, issuer, config, loginThrottle, randomToken } = application;
  const { totp, recoveryCodes, rememberedDevices, passkeys } = stores;
  return {
    totp,
    recoveryCodes,
    passkeys,
    settings: config.secondFactor,
    secondFactors,
    deviceMemory: createDeviceMemory({
      rememberedDevices,
      rememberedDeviceHash: createKeyedHash(deriveKey(dataKey, 'remembered-devices')),
      clock,
      randomToken,
      secure: issuer.startsWith('https:'),
    }),
    loginThrottle,
    recoveryCodeHash: createKeyedHash(deriveKey(dataKey, 'recovery-codes')),
    clock,
    issuer,
    productName: config.branding.name,
  };
}
