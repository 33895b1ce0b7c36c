import type { DataKeyStore } from '../../src/domain/data-keys/data-key-store.js';
import { openDataKey } from '../../src/security/data-key.js';

const OLD = 'the first secret key, long enough to be one';
const NEW = 'the second secret key, long enough to be one';

function createStore(): Omit<DataKeyStore, 'readIssuanceEpoch'> & { sealed: Buffer | undefined } {
  return {
    sealed: undefined,
    read() {
      return Promise.resolve(this.sealed);
    },
    insertFirst(sealed) {
      this.sealed ??= sealed;
      return Promise.resolve();
    },
    reseal(before, after) {
      if (this.sealed?.equals(before)) this.sealed = after;
      return Promise.resolve();
    },
  };
}

describe('the data key', () => {
  test('is made once and stays the same', async () => {
    const store = createStore();
    const key = await openDataKey(store, [OLD]);
    expect(key).toHaveLength(32);
    expect(await openDataKey(store, [OLD])).toEqual(key);
    expect(store.sealed?.includes(key)).toBe(false);
  });

  test('is one key for processes that start at once', async () => {
    const store = createStore();
    const keys = await Promise.all([openDataKey(store, [OLD]), openDataKey(store, [OLD])]);
    expect(keys[0]).toEqual(keys[1]);
  });

  test('outlives a change of SECRET_KEY, after which the earlier value is not needed any more', async () => {
    const store = createStore();
    const key = await openDataKey(store, [OLD]);
    expect(await openDataKey(store, [NEW, OLD])).toEqual(key);
    expect(await openDataKey(store, [NEW])).toEqual(key);
    await expect(openDataKey(store, [OLD])).rejects.toMatchObject({ code: 'secret_key_mismatch' });
  });

  test('says what to do when SECRET_KEY is another', async () => {
    const store = createStore();
    await openDataKey(store, [OLD]);
    await expect(openDataKey(store, [NEW])).rejects.toThrow(
      /put the new value first and the earlier one behind a comma/,
    );
  });
});
