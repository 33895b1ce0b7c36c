import type { ClientChangeFeed } from '../../src/provider/client-cache.js';

/** A change feed that a test drives. */
export interface FakeChangeFeed extends ClientChangeFeed {
  listening: boolean;
  /** Tells that the client has changed. */
  tell(clientId: string): void;
  /** Loses the connection. */
  lose(): void;
}

export function createFakeChangeFeed(): FakeChangeFeed {
  const changeListeners: ((clientId: string) => void)[] = [];
  const gapListeners: (() => void)[] = [];
  return {
    listening: true,
    onChange: (_kind, listener) => void changeListeners.push(listener),
    onGap: (listener) => void gapListeners.push(listener),
    tell: (clientId) => changeListeners.forEach((listener) => listener(clientId)),
    lose() {
      this.listening = false;
      gapListeners.forEach((listener) => listener());
    },
  };
}
