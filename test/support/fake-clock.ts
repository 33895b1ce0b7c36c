import type { Clock } from '../../src/domain/clock.js';

/** A clock that stands still until it is turned. */
export interface FakeClock extends Clock {
  epochSeconds(): number;
  /** @param seconds may be negative */
  advance(seconds: number): void;
}

export function createFakeClock(start = new Date('2026-11-23T12:00:00Z')): FakeClock {
  let now = start.getTime();
  return {
    now: () => new Date(now),
    epochSeconds: () => Math.floor(now / 1000),
    advance(seconds) {
      now += seconds * 1000;
    },
  };
}
