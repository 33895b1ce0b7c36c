import { fault, fine, warning, type Finding } from './finding.js';

/** What another clock showed. */
export interface ClockReading {
  /** Whose clock it is, as a sentence names it, for instance `the database`. */
  readonly of: string;
  /** Its time less that of this machine, seconds. */
  readonly aheadSeconds: number;
}

/** Seconds that the protocol's checks forgive. */
const FORGIVEN = 10;
/** Seconds; less is the resolution of a date in HTTP, and the time that a question takes. */
const NOTICEABLE = 3;

/** Whether this machine agrees with others about the time: tokens, codes and steps of authenticators go by it. */
export function checkClock(readings: readonly ClockReading[]): readonly Finding[] {
  const off = readings.filter(({ aheadSeconds }) => Math.abs(aheadSeconds) > NOTICEABLE);
  if (off.length === 0) {
    return readings.length === 0
      ? []
      : [fine('clock.right', `The clock agrees with ${readings.map(({ of }) => of).join(' and ')}.`)];
  }
  return off.map(({ of, aheadSeconds }) => {
    const seconds = Math.round(Math.abs(aheadSeconds));
    const found = `The clock of this machine is ${seconds} seconds ${aheadSeconds > 0 ? 'behind' : 'ahead of'} that of ${of}.`;
    const remedy = 'Let every machine follow a time server (chrony, systemd-timesyncd).';
    return seconds > FORGIVEN
      ? fault('clock.wrong', `${found} Tokens are refused as expired or as not valid yet.`, remedy)
      : warning('clock.drifts', found, remedy);
  });
}
