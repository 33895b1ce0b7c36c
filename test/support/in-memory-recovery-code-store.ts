import type { RecoveryCodeStore } from '../../src/domain/factors/recovery-code-store.js';

interface StoredCode {
  readonly accountId: string;
  readonly hash: string;
  readonly createdAt: Date;
  readonly active: boolean;
  readonly usedAt?: Date;
}

export type InMemoryRecoveryCodeStore = RecoveryCodeStore & {
  /** What is stored; a unit of work puts it back when its work fails. */
  codes: readonly StoredCode[];
};

/** Recovery codes in memory. */
export function createInMemoryRecoveryCodeStore(): InMemoryRecoveryCodeStore {
  const of = (accountId: string, active: boolean): readonly StoredCode[] =>
    store.codes.filter((code) => code.accountId === accountId && code.active === active);
  const without = (removed: readonly StoredCode[]): readonly StoredCode[] =>
    store.codes.filter((code) => !removed.includes(code));
  const store: InMemoryRecoveryCodeStore = {
    codes: [],
    replacePending({ accountId, hashes, createdAt }) {
      const added = hashes.map((hash) => ({
        accountId,
        hash: hash.toString('hex'),
        createdAt,
        active: false,
      }));
      store.codes = [...without(of(accountId, false)), ...added];
      return Promise.resolve();
    },
    activate(accountId, hashes) {
      const waiting = of(accountId, false);
      const given = new Set(hashes.map((hash) => hash.toString('hex')));
      const isTheSet =
        waiting.length > 0 && waiting.length === given.size && waiting.every(({ hash }) => given.has(hash));
      if (!isTheSet) return Promise.resolve(false);
      store.codes = [
        ...without([...waiting, ...of(accountId, true)]),
        ...waiting.map((code) => ({ ...code, active: true })),
      ];
      return Promise.resolve(true);
    },
    use(accountId, hash, at) {
      const found = of(accountId, true).find(
        (code) => code.hash === hash.toString('hex') && code.usedAt === undefined,
      );
      if (!found) return Promise.resolve(false);
      store.codes = [...without([found]), { ...found, usedAt: at }];
      return Promise.resolve(true);
    },
    countLeft: (accountId) =>
      Promise.resolve(of(accountId, true).filter(({ usedAt }) => usedAt === undefined).length),
    madeAt: (accountId) => Promise.resolve(of(accountId, true)[0]?.createdAt),
    remove(accountId) {
      const removed = [...of(accountId, true), ...of(accountId, false)];
      store.codes = without(removed);
      return Promise.resolve(removed.length);
    },
  };
  return store;
}
