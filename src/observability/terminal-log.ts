import type { DestinationStream } from 'pino';

const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: '',
  40: 'warning',
  50: 'ERROR',
  60: 'FATAL',
};

/** Writes log lines as a person reads them: time, what happened, and its fields in the order they were given. */
export function terminalLog(output: { write(text: string): unknown }): DestinationStream {
  return {
    write(line) {
      output.write(`${toText(line)}\n`);
    },
  };
}

function toText(line: string): string {
  const { level, time, msg, requestId, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const clock = String(time).slice(11, 19);
  const name = typeof level === 'number' ? LEVELS[level] : undefined;
  const rest = Object.entries(fields).map(([key, value]) =>
    key === 'route' || key === 'method' ? value : `${key}=${String(value)}`,
  );
  const reference = requestId === undefined ? [] : [`ref=${String(requestId)}`];
  return [clock, name, msg, ...rest, ...reference]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}
