import type { ClientUse } from '../../src/domain/client-uses/client-use-store.js';
import { createNoteClientUse } from '../../src/provider/client-uses.js';
import { createTestClock } from '../support/account-deps.js';
import { createRecordingLogger } from '../support/http-app.js';

describe('uses of accounts by apps', () => {
  const start = () => {
    const uses: ClientUse[] = [];
    const clock = createTestClock();
    const logger = createRecordingLogger();
    let isAway = false;
    const note = createNoteClientUse({
      clientUses: {
        record(use) {
          if (isAway) return Promise.reject(new Error('away'));
          uses.push(use);
          return Promise.resolve();
        },
      },
      clock,
      logger,
    });
    return { uses, clock, logger, note, setAway: (away: boolean) => (isAway = away) };
  };

  it('are taken down once an hour for each account and app', () => {
    const { uses, clock, note } = start();
    const first = clock.now();
    note('ada', 'shop');
    note('ada', 'shop');
    note('ada', 'app');
    note('bob', 'shop');
    clock.turn(3_599);
    note('ada', 'shop');
    expect(uses).toHaveLength(3);
    expect(uses[0]).toEqual({ accountId: 'ada', clientId: 'shop', lastUsedAt: first });
    clock.turn(1);
    note('ada', 'shop');
    expect(uses.at(-1)).toEqual({ accountId: 'ada', clientId: 'shop', lastUsedAt: clock.now() });
  });

  it('are taken down at once where something else was received', () => {
    const { uses, note } = start();
    note('ada', 'shop', { email: 'ada@example.com' });
    note('ada', 'shop', { email: 'ada@example.com' });
    note('ada', 'shop', { email: 'lovelace@example.com' });
    expect(uses.map(({ received }) => received)).toEqual([
      { email: 'ada@example.com' },
      { email: 'lovelace@example.com' },
    ]);
  });

  it('that could not be taken down are tried again, and disturb nobody', async () => {
    const { uses, logger, note, setAway } = start();
    setAway(true);
    note('ada', 'shop');
    await Promise.resolve();
    await Promise.resolve();
    expect(logger.lines.map(({ level }) => level)).toEqual(['warn']);
    setAway(false);
    note('ada', 'shop');
    expect(uses).toHaveLength(1);
  });
});
