import type { PasskeyChallengeStore } from '../../src/domain/passkeys/passkey-challenge-store.js';
import type { PasskeyStore } from '../../src/domain/passkeys/passkey-store.js';
import type { Passkey } from '../../src/domain/passkeys/passkey.js';

export type InMemoryPasskeyStore = PasskeyStore & {
  /** What is stored; a unit of work puts it back when its work fails. */
  passkeys: readonly Passkey[];
};

/** Passkeys in memory, with the behaviour that the conformance suite asks of every store. */
export function createInMemoryPasskeyStore(): InMemoryPasskeyStore {
  const change = (id: string, accountId: string | undefined, to: (passkey: Passkey) => Passkey): boolean => {
    const found = store.passkeys.find(
      (passkey) => passkey.id === id && (accountId === undefined || passkey.accountId === accountId),
    );
    store.passkeys = store.passkeys.map((passkey) => (passkey === found ? to(passkey) : passkey));
    return found !== undefined;
  };
  const ofAccount = (accountId: string): readonly Passkey[] =>
    store.passkeys.filter((passkey) => passkey.accountId === accountId);
  const byCredential = (credentialId: Buffer): Passkey | undefined =>
    store.passkeys.find((passkey) => passkey.credentialId.equals(credentialId));

  const store: InMemoryPasskeyStore = {
    passkeys: [],
    insert(passkey) {
      if (byCredential(passkey.credentialId)) return Promise.resolve(false);
      store.passkeys = [...store.passkeys, passkey];
      return Promise.resolve(true);
    },
    listForAccount: (accountId) =>
      Promise.resolve([...ofAccount(accountId)].sort((a, b) => (a.id < b.id ? -1 : 1))),
    countFor: (accountId) => Promise.resolve(ofAccount(accountId).length),
    findByCredentialId: (credentialId) => Promise.resolve(byCredential(credentialId)),
    noteUse(id, { signCount, backedUp, at }) {
      const before = store.passkeys.find((passkey) => passkey.id === id)?.signCount;
      if (before === undefined || (signCount <= before && (signCount > 0 || before > 0))) {
        return Promise.resolve(false);
      }
      return Promise.resolve(
        change(id, undefined, (passkey) => ({ ...passkey, signCount, backedUp, lastUsedAt: at })),
      );
    },
    rename: (accountId, id, name) =>
      Promise.resolve(change(id, accountId, (passkey) => ({ ...passkey, name }))),
    remove(accountId, id) {
      const removed = ofAccount(accountId).find((passkey) => passkey.id === id);
      store.passkeys = store.passkeys.filter((passkey) => passkey !== removed);
      return Promise.resolve(removed);
    },
  };
  return store;
}

/** Challenges in memory. */
export function createInMemoryPasskeyChallengeStore(): PasskeyChallengeStore {
  const challenges = new Map<string, { readonly challengeHash: Buffer; readonly expiresAt: Date }>();
  return {
    replace({ bindingHash, ...challenge }) {
      challenges.set(bindingHash.toString('hex'), challenge);
      return Promise.resolve();
    },
    take(bindingHash, at) {
      const found = challenges.get(bindingHash.toString('hex'));
      challenges.delete(bindingHash.toString('hex'));
      return Promise.resolve(found && found.expiresAt > at ? found.challengeHash : undefined);
    },
    purge(at) {
      const over = [...challenges].filter(([, { expiresAt }]) => expiresAt <= at);
      over.forEach(([key]) => challenges.delete(key));
      return Promise.resolve(over.length);
    },
  };
}
