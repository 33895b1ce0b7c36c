import type { FactorDeps } from '../http/factors/factor-deps.js';
import { createDeviceMemory } from '../http/factors/device-memory.js';
import { readSecondFactors } from '../domain/factors/read-second-factors.js';
import { createKeyedHash, deriveKey } from '../security/derive-key.js';
import type { Application } from './open-application.js';

/** Puts together what the pages of second factors, and the protocol's check of them, need. */
export function openFactors(application: Application): FactorDeps {
  const { stores, dataKey, clock, issuer, config, loginThrottle, randomToken } = application;
  const { totp, recoveryCodes, rememberedDevices, passkeys } = stores;
  const deps = { totp, recoveryCodes, passkeys };
  return {
    ...deps,
    settings: config.secondFactor,
    secondFactors: (accountId) => readSecondFactors(deps, accountId),
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
