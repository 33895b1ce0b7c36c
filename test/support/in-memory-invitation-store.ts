import type { Invitation, InvitationStore } from '../../src/domain/invitations/invitation.js';

export type InMemoryInvitationStore = InvitationStore & {
  /** What is stored; a unit of work puts it back when its work fails. */
  invitations: readonly Invitation[];
};

/** Invitations in memory. */
export function createInMemoryInvitationStore(): InMemoryInvitationStore {
  const keep = (isKept: (invitation: Invitation) => boolean): number => {
    const before = store.invitations.length;
    store.invitations = store.invitations.filter(isKept);
    return before - store.invitations.length;
  };
  const store: InMemoryInvitationStore = {
    invitations: [],
    replace(invitation) {
      keep(({ emailHash }) => !emailHash.equals(invitation.emailHash));
      store.invitations = [...store.invitations, invitation];
      return Promise.resolve();
    },
    findByToken: (hash, at) =>
      Promise.resolve(
        store.invitations.find(({ tokenHash, expiresAt }) => tokenHash.equals(hash) && expiresAt > at),
      ),
    list: ({ at, limit, after = '' }) =>
      Promise.resolve(
        store.invitations
          .filter(({ id, expiresAt }) => expiresAt > at && id > after)
          .sort((one, other) => (one.id < other.id ? -1 : 1))
          .slice(0, limit),
      ),
    redeem: (id, at) =>
      Promise.resolve(keep((invitation) => invitation.id !== id || invitation.expiresAt <= at) > 0),
    purge: (at) => Promise.resolve(keep(({ expiresAt }) => expiresAt > at)),
  };
  return store;
}
