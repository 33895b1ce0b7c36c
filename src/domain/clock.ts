/** The time as the product sees it; a test passes one that it can turn. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Whole seconds since 1970, the unit of every time in OpenID Connect. */
export function epochSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
