import type { Context } from 'koa';
import type { Account } from '../../domain/accounts/account.js';
import {
  isRememberedDevice,
  rememberDevice,
  type RememberDeviceDeps,
} from '../../domain/factors/remember-device.js';
import type { RememberedDeviceStore } from '../../domain/factors/remembered-device-store.js';
import type { UnitOfWork } from '../../domain/unit-of-work.js';

/** Browsers that are not asked for a second factor by policy, as their owners wish. */
export interface DeviceMemory {
  isRemembered(ctx: Pick<Context, 'cookies'>, accountId: string): Promise<boolean>;
  /** @param days until when */
  remember(
    ctx: Context,
    unitOfWork: UnitOfWork<'rememberedDevices' | 'audit'>,
    account: Account,
    days: number,
  ): Promise<void>;
}

/** Accounts that one browser is remembered for, at most. */
const MAX_TOKENS = 5;
const LONGEST_COOKIE = 1_000;

/** Keeps a token for each account in a cookie of the browser. @param deps.secure whether the issuer is served over https */
export function createDeviceMemory(
  deps: Omit<RememberDeviceDeps, 'unitOfWork'> & {
    readonly rememberedDevices: Pick<RememberedDeviceStore, 'isRemembered'>;
    readonly secure: boolean;
  },
): DeviceMemory {
  const { secure } = deps;
  const name = secure ? '__Host-latchkey_devices' : 'latchkey_devices';
  const tokensOf = (ctx: Pick<Context, 'cookies'>): readonly string[] => {
    const value = ctx.cookies.get(name, { signed: false }) ?? '';
    return value.length > LONGEST_COOKIE ? [] : value.split('.').filter((token) => token !== '');
  };
  return {
    async isRemembered(ctx, accountId) {
      for (const token of tokensOf(ctx).slice(0, MAX_TOKENS)) {
        if (await isRememberedDevice(deps, accountId, token)) return true;
      }
      return false;
    },
    async remember(ctx, unitOfWork, account, days) {
      const token = await rememberDevice({ ...deps, unitOfWork }, account, days);
      ctx.cookies.set(name, [token, ...tokensOf(ctx)].slice(0, MAX_TOKENS).join('.'), {
        path: '/',
        signed: false,
        httpOnly: true,
        sameSite: 'lax',
        secure,
        overwrite: true,
        maxAge: days * 24 * 60 * 60 * 1000,
      });
    },
  };
}
