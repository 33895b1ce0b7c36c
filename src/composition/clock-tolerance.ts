/** Seconds by which the clocks of this server, its database and its clients may differ. */
export const CLOCK_TOLERANCE_SECONDS = 10;
