import Bowser from 'bowser';

/** What a browser says of itself, in two names that people know. */
export interface DeviceName {
  readonly browser: string | undefined;
  readonly system: string | undefined;
}

/** Reads a user agent; what it does not know stays undefined. */
export function deviceName(userAgent: string | undefined): DeviceName {
  if (userAgent === undefined || userAgent === '') return { browser: undefined, system: undefined };
  const parser = Bowser.getParser(userAgent);
  return { browser: parser.getBrowserName() || undefined, system: parser.getOSName() || undefined };
}
