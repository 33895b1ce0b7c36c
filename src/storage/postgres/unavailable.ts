import { types } from 'node:util';
import { DomainError } from '../../domain/errors.js';

/** Failures of the connection, not of the statement: the same request may succeed a moment later. */
const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  '55000',
  '57P01',
  '57P02',
  '57P03',
  '57014',
  '55P03',
  '53300',
  '25P02',
  '25P03',
]);

/**
 * Tells a database that is away or too busy from a fault of ours.
 * @returns a `DomainError` `storage_unavailable` where waiting may help, else the error as it came
 * @see PostgreSQL, Appendix A: Error Codes
 */
export function asUnavailable(error: unknown): unknown {
  // Not instanceof: errors of Node itself can come from another realm.
  if (!types.isNativeError(error) || error instanceof DomainError) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const isConnection =
    CONNECTION_CODES.has(code) ||
    code.startsWith('08') ||
    error.name === 'KnexTimeoutError' ||
    /Connection terminated|timeout expired|connect timeout/i.test(error.message);
  if (!isConnection) return error;
  const unavailable = new DomainError(
    'storage_unavailable',
    'The database cannot be reached, or is too busy.',
  );
  unavailable.cause = error;
  return unavailable;
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
