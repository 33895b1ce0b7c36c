import type { Account } from '../accounts/account.js';
import type { Clock } from '../clock.js';
import type { KeyedHash } from '../sealing.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { RememberedDeviceStore } from './remembered-device-store.js';

export interface RememberDeviceDeps {
  readonly unitOfWork: UnitOfWork<'rememberedDevices' | 'audit'>;
  readonly clock: Clock;
  readonly rememberedDeviceHash: KeyedHash;
  /** At least 128 random bits, URL-safe. */
  readonly randomToken: () => string;
}

/**
 * Remembers a browser in which somebody has just proved a second factor, as they wish: until the days are over, policy
 * does not ask them again there. What a client or a request demands is asked all the same.
 * @returns the token for the browser
 */
export async function rememberDevice(
  deps: RememberDeviceDeps,
  account: Account,
  days: number,
): Promise<string> {
  const token = deps.randomToken();
  const createdAt = deps.clock.now();
  await deps.unitOfWork.run(async ({ rememberedDevices, audit }) => {
    await rememberedDevices.insert({
      accountId: account.id,
      tokenHash: deps.rememberedDeviceHash(token),
      createdAt,
      expiresAt: new Date(createdAt.getTime() + days * 24 * 60 * 60 * 1000),
    });
    const user = { kind: 'user', id: account.id } as const;
    audit.record({ type: 'device.remembered', actor: user, subject: user, details: { days } });
  });
  return token;
}

/** Whether the browser with this token is remembered for the account. */
export async function isRememberedDevice(
  deps: {
    readonly rememberedDevices: Pick<RememberedDeviceStore, 'isRemembered'>;
    readonly rememberedDeviceHash: KeyedHash;
    readonly clock: Clock;
  },
  accountId: string,
  token: string | undefined,
): Promise<boolean> {
  if (token === undefined || token === '') return false;
  return deps.rememberedDevices.isRemembered(accountId, deps.rememberedDeviceHash(token), deps.clock.now());
}
