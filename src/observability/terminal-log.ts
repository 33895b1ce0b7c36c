import type { DestinationStream } from 'pino';

const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: '',
  40: 'warning',
  50: 'ERROR',
  60: 'FATAL',
};

/** Fields that need no name before them. */
const BARE = new Set(['method', 'route', 'status']);

interface Line {
  readonly level: number;
  readonly time: string;
  readonly msg: string;
  readonly requestId?: string;
  readonly [field: string]: string | number | undefined;
}

/** Writes log lines as a person reads them: time, what happened, and its fields in the order they were given. */
export function terminalLog(output: { write(text: string): unknown }): DestinationStream {
  return {
    write(line) {
      output.write(`${toText(line)}\n`);
    },
  };
}

function toText(line: string): string {
  const { level, time, msg, requestId, ...fields } = JSON.parse(line) as Line;
  const rest = Object.entries(fields).map(([key, value]) =>
    BARE.has(key) ? String(value) : `${key}=${value}`,
  );
  const reference = requestId === undefined ? [] : [`ref=${requestId}`];
  return [time.slice(11, 19), LEVELS[level], msg, ...rest, ...reference].filter((part) => part).join(' ');
}
