import type { Session } from '../../src/domain/sessions/session.js';
import type { SessionStore } from '../../src/domain/sessions/session-store.js';

/** Sessions in memory, for tests that are about something else; places in the list are ids. */
export function createInMemorySessionStore(): SessionStore & { sessions: readonly Session[] } {
  const store: SessionStore & { sessions: readonly Session[] } = {
    sessions: [],
    list({ limit, after, accountId }) {
      const mine = store.sessions.filter((one) => accountId === undefined || one.accountId === accountId);
      const index = after === undefined ? 0 : mine.findIndex(({ id }) => id === after) + 1;
      if (after !== undefined && index === 0) return Promise.resolve(undefined);
      const sessions = mine.slice(index, index + limit);
      const next = mine.length > index + limit ? sessions.at(-1)?.id : undefined;
      return Promise.resolve({ sessions, next });
    },
    end(id, accountId) {
      const found = store.sessions.find(
        (one) => one.id === id && (accountId === undefined || one.accountId === accountId),
      );
      store.sessions = store.sessions.filter((one) => one !== found);
      return Promise.resolve(found);
    },
    endOthers(accountId, keptId) {
      const ended = store.sessions.filter((one) => one.accountId === accountId && one.id !== keptId);
      store.sessions = store.sessions.filter((one) => !ended.includes(one));
      return Promise.resolve(ended);
    },
  };
  return store;
}
