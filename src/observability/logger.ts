import { pino, type DestinationStream } from 'pino';

/**
 * The only fields that a log line may carry. None of them can hold a code, token, cookie, secret, password or query.
 * What is not in this list cannot be logged: that is decided here and nowhere else.
 */
export interface LogFields {
  readonly requestId?: string;
  /** 32 hexadecimal digits, where a collector of traces is configured. */
  readonly traceId?: string;
  readonly method?: string;
  /** The route's pattern or the masked path, never the query. */
  readonly route?: string;
  readonly status?: number;
  readonly durationMs?: number;
  readonly remoteAddress?: string;
  readonly clientId?: string;
  readonly accountId?: string;
  /** Stable code of a protocol or domain error. */
  readonly errorCode?: string;
  /** What the protocol library says to developers about a refusal. */
  readonly errorDetail?: string;
  readonly errorName?: string;
  /** Frames of a stack, without its message. */
  readonly errorStack?: string;
  readonly grantType?: string;
  readonly prompt?: string;
  readonly kid?: string;
  readonly count?: number;
  readonly issuer?: string;
  readonly address?: string;
  readonly signal?: string;
  readonly database?: string;
  readonly migration?: string;
  /** A task of the housekeeping. */
  readonly task?: string;
  /** What a mail is for; never to whom it goes. */
  readonly mailKind?: string;
  /** Stable code of what the doctor found, and what to do about it. */
  readonly finding?: string;
  readonly remedy?: string;
}

const ALLOWED = new Set<string>([
  'requestId',
  'traceId',
  'method',
  'route',
  'status',
  'durationMs',
  'remoteAddress',
  'clientId',
  'accountId',
  'errorCode',
  'errorDetail',
  'errorName',
  'errorStack',
  'grantType',
  'prompt',
  'kid',
  'count',
  'issuer',
  'address',
  'signal',
  'database',
  'migration',
  'task',
  'mailKind',
  'finding',
  'remedy',
] satisfies (keyof LogFields)[]);

/** Longer than any word; shorter than any token of ours. */
const TOKEN_LIKE = /[A-Za-z0-9_-]{32,}(\.[A-Za-z0-9_-]+)*/g;

/** Fields that may be as long, and cannot hold one. */
const NOT_TOKENS = new Set(['errorStack', 'clientId', 'accountId', 'traceId']);

/** A line of a stack that names a place in a file. */
const FRAME = /^\s+at .*(:\d+:\d+|<anonymous>|native)\)?$/;

/** Writes structured log lines. */
export interface Logger {
  readonly debug: (event: string, fields?: LogFields | (() => LogFields)) => void;
  /** @param fields or what makes them, for lines that are many and mostly not written */
  readonly info: (event: string, fields?: LogFields | (() => LogFields)) => void;
  readonly warn: (event: string, fields?: LogFields) => void;
  readonly error: (event: string, fields?: LogFields) => void;
}

/**
 * @param options.level least severe line that is written
 * @param options.destination default: standard output, as JSON lines
 */
export function createLogger(options: {
  readonly level: string;
  readonly destination?: DestinationStream;
}): Logger {
  const { destination } = options;
  const settings = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const log = destination ? pino(settings, destination) : pino(settings);
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields?: LogFields | (() => LogFields)): void => {
      // Most lines of a busy server are below the level: they should cost nothing.
      if (!log.isLevelEnabled(level)) return;
      log[level](allowed(typeof fields === 'function' ? fields() : fields), event);
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** For tests and commands that have nobody to tell. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Codes of refusals that may come by the hundred a second, and whose place in the program tells nothing. */
const OUTAGES = new Set(['storage_unavailable', 'overloaded']);

/**
 * What may be logged of an error: its name, its code, and where it was thrown, unless it is an outage. Messages of foreign errors can quote what
 * a user sent, so they stay out.
 */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { errorName: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code !== undefined && OUTAGES.has(code)) return { errorName: error.name, errorCode: code };
  // A message may hold lines that look like frames.
  const frames = error.stack
    ?.replace(error.message, () => '')
    .split('\n')
    .filter((line) => FRAME.test(line));
  return {
    errorName: error.name,
    ...(code === undefined ? {} : { errorCode: code }),
    ...(frames ? { errorStack: frames.slice(0, 12).join('\n') } : {}),
  };
}

function allowed(fields: LogFields = {}): LogFields {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([key, value]) => ALLOWED.has(key) && value !== undefined)
      .map(([key, value]: [string, unknown]) => [
        key,
        typeof value === 'string' && !NOT_TOKENS.has(key) ? value.replace(TOKEN_LIKE, '[redacted]') : value,
      ]),
  );
}
