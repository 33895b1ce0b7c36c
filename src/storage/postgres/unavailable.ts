import { types } from 'node:util';
import { DomainError } from '../../domain/errors.js';

/** Failures of the connection or of the whole server, not of the statement: the same request may succeed a moment later. */
const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  // What only a connection that is being made can get: a password that is being changed, a database that is restored.
  '28000',
  '28P01',
  '3D000',
  '55000',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '57P04',
  '57P05',
  '53100',
  '53200',
  '53300',
  '58030',
  '25P02',
  '25P03',
]);

/** `read_only_sql_transaction`: a standby, or a primary that became one. */
const READ_ONLY = '25006';

/** What pg and Knex write where they give no code. */
const CONNECTION_TEXT = /Connection terminated|not queryable|timeout expired|connect timeout/i;
/** pg's words for a server that is silent although a statement has a time-out there. */
const SILENT_TEXT = /read timeout/i;

/** The database is away, takes no changes, or is too busy. The cause says which. */
export class DatabaseUnavailableError extends DomainError {
  /** Whether connections that are open lead nowhere, and stay open: only others can do better. */
  readonly connectionsAreStale: boolean;

  constructor(cause: unknown, connectionsAreStale: boolean) {
    super('storage_unavailable', 'The database cannot be reached, or is too busy.');
    this.cause = cause;
    this.connectionsAreStale = connectionsAreStale;
  }
}

/**
 * Tells a database that is away or too busy from a fault of ours.
 * @returns a `DatabaseUnavailableError` where waiting may help, else the error as it came
 * @see PostgreSQL, Appendix A: Error Codes
 */
export function asUnavailable(error: unknown): unknown {
  // Not instanceof: errors of Node itself can come from another realm.
  if (!types.isNativeError(error) || error instanceof DomainError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isStale = code === READ_ONLY || SILENT_TEXT.test(error.message);
  const isConnection =
    isStale ||
    CONNECTION_CODES.has(code) ||
    code.startsWith('08') ||
    error.name === 'KnexTimeoutError' ||
    CONNECTION_TEXT.test(error.message);
  return isConnection ? new DatabaseUnavailableError(error, isStale) : error;
}

/**
 * The same store, whose failures are told by `asUnavailable`. It is for stores outside a unit of work; that tells apart
 * by the failures themselves what it can try again.
 */
export function tellingUnavailable<Store extends object>(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...parameters: unknown[]): Promise<unknown> => {
        try {
          return await (Reflect.apply(member, target, parameters) as unknown);
        } catch (error) {
          throw asUnavailable(error);
        }
      };
    },
  });
}
