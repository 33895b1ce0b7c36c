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

/** Characters that a terminal would obey, or that would change the order of what is shown. */
const CONTROLS = /[\p{Cc}\p{Bidi_Control}]/gu;

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
  const rest = Object.entries(fields).map(([key, value]) => {
    const lines = key === 'errorStack' ? String(value).split('\n') : [String(value)];
    const text = lines.map((part) => part.replace(CONTROLS, escaped)).join('\n');
    return BARE.has(key) ? text : `${key}=${text}`;
  });
  const reference = requestId === undefined ? [] : [`ref=${requestId}`];
  return [time.slice(11, 19), LEVELS[level], msg, ...rest, ...reference].filter((part) => part).join(' ');
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
