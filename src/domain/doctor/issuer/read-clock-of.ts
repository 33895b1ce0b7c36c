import type { ClockReading } from '../check-clock.js';
import { VisitError, type Visitor } from '../visit.js';
import { DISCOVERY_PATH } from './issuer-view.js';

/** Reads the clock of whoever answers at the issuer. @see RFC 9110 §6.6.1 */
export async function readClockOf(issuer: string, visit: Visitor): Promise<ClockReading | undefined> {
  try {
    const { headers, at } = await visit(`${issuer}${DISCOVERY_PATH}`);
    const date = Date.parse(headers['date'] ?? '');
    if (Number.isNaN(date)) return undefined;
    // It tells whole seconds, so on average it is half a second behind.
    return { of: 'the issuer', aheadSeconds: (date + 500 - at.getTime()) / 1000 };
  } catch (error) {
    if (error instanceof VisitError) return undefined;
    throw error;
  }
}
