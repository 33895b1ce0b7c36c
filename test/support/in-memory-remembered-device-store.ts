import type {
  RememberedDevice,
  RememberedDeviceStore,
} from '../../src/domain/factors/remembered-device-store.js';

export type InMemoryRememberedDeviceStore = RememberedDeviceStore & {
  /** What is stored; a unit of work puts it back when its work fails. */
  devices: readonly RememberedDevice[];
};

/** Remembered browsers in memory. */
export function createInMemoryRememberedDeviceStore(): InMemoryRememberedDeviceStore {
  const removeIf = (isGone: (device: RememberedDevice) => boolean): Promise<number> => {
    const kept = store.devices.filter((device) => !isGone(device));
    const removed = store.devices.length - kept.length;
    store.devices = kept;
    return Promise.resolve(removed);
  };
  const store: InMemoryRememberedDeviceStore = {
    devices: [],
    insert(device) {
      store.devices = [...store.devices, device];
      return Promise.resolve();
    },
    isRemembered: (accountId, tokenHash, at) =>
      Promise.resolve(
        store.devices.some(
          (device) =>
            device.accountId === accountId && device.tokenHash.equals(tokenHash) && device.expiresAt > at,
        ),
      ),
    removeAccount: (accountId) => removeIf((device) => device.accountId === accountId),
    purge: (at) => removeIf(({ expiresAt }) => expiresAt <= at),
  };
  return store;
}
