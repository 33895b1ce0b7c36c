import { EmbeddedPostgresError, errorCode } from './embedded-postgres-error.js';
import { SchemaNewerError } from './migrate.js';
import { parseUrl } from '../../domain/url.js';

/** What is known of the database that could not be used, without its password. */
interface Target {
  /** For instance `db.example:5432`, or the folder of a Unix socket. */
  readonly server: string;
  readonly host: string;
  readonly database: string;
  readonly user: string;
}

type Describe = (target: Target) => string;

const BUSY: Describe = ({ server }) =>
  `The database at ${server} takes no more connections: raise its max_connections, or let fewer or smaller pools use it.`;
const POOL_EXHAUSTED: Describe = ({ server }) =>
  `Every connection to the database at ${server} was in use for too long: raise the pool's size, or see what the database is doing.`;
const UNREACHABLE: Describe = ({ server }) =>
  `The database at ${server} cannot be reached over the network: check the host and port in DATABASE_URL, and the firewall.`;
const SILENT: Describe = ({ server }) =>
  `The database at ${server} did not answer in time: check the host and port in DATABASE_URL, the firewall, and whether the database is overloaded.`;
const NOTHING_LISTENS: Describe = ({ server }) =>
  `Nothing listens at ${server}: start PostgreSQL, or correct the host and port in DATABASE_URL.`;
const UNKNOWN_HOST: Describe = ({ host }) =>
  `The host ${host} is not known: correct DATABASE_URL, or the name service.`;
const BROKEN_OFF: Describe = ({ server }) =>
  `The database at ${server} closed the connection: see its log, and check that DATABASE_URL names a PostgreSQL server.`;
const STARTING: Describe = ({ server }) =>
  `The database at ${server} is starting or shutting down: wait for it, then try again.`;
const UNTRUSTED: Describe = ({ server }) =>
  `The certificate of the database at ${server} is not trusted: add sslrootcert=<its authority's file> to DATABASE_URL.`;

/** SQLSTATEs of PostgreSQL (appendix A of its manual) and codes of Node. */
const BY_CODE: Readonly<Record<string, Describe>> = {
  ECONNREFUSED: NOTHING_LISTENS,
  ENOENT: ({ server }) =>
    `There is no PostgreSQL socket in ${server}: start PostgreSQL, or correct DATABASE_URL.`,
  EACCES: ({ server }) =>
    `This user may not use the PostgreSQL socket in ${server}: start as a user that may.`,
  ENOTFOUND: UNKNOWN_HOST,
  EAI_AGAIN: UNKNOWN_HOST,
  EHOSTUNREACH: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  ETIMEDOUT: SILENT,
  ECONNRESET: BROKEN_OFF,
  EPIPE: BROKEN_OFF,
  '25006': ({ server }) =>
    `The database at ${server} takes no changes, as a standby or with default_transaction_read_only: name the primary in DATABASE_URL, or promote it.`,
  '28P01': ({ user }) =>
    `The database refused the password of user "${user}": correct the user and password in DATABASE_URL.`,
  '28000': ({ user, server }) =>
    `The database at ${server} does not admit user "${user}": correct the user in DATABASE_URL, or allow it in pg_hba.conf.`,
  '3D000': ({ database, server }) =>
    `There is no database "${database}" at ${server}: create it (CREATE DATABASE), or correct its name in DATABASE_URL.`,
  '42501': ({ user, database }) =>
    `User "${user}" lacks a right in database "${database}": make it the owner of the database (ALTER DATABASE … OWNER TO …).`,
  '53300': BUSY,
  '53100': ({ server }) => `The disk of the database at ${server} is full: free some space.`,
  '55P03': () =>
    'Another process holds a lock that was waited for in vain, perhaps a migration: let it finish, then try again.',
  '57014': () =>
    'A statement took longer than the database allows: see what else it is doing, then try again.',
  '57P01': STARTING,
  '57P02': STARTING,
  '57P03': STARTING,
  CERT_HAS_EXPIRED: ({ server }) => `The certificate of the database at ${server} has expired: renew it.`,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ host }) =>
    `The database's certificate is not for the host ${host}: use the name it was issued for in DATABASE_URL.`,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  ERR_INVALID_URL: () =>
    'DATABASE_URL is not a valid URL: write postgresql://user:password@host:5432/database, with special characters of the password percent-encoded.',
};

/** Failures that carry no code, by what pg and Knex write. */
const BY_MESSAGE: readonly (readonly [RegExp, Describe])[] = [
  [
    /does not support SSL/i,
    ({ server }) =>
      `The database at ${server} does not offer TLS: turn it on there, or, on a network that you trust, use sslmode=disable in DATABASE_URL.`,
  ],
  [/timeout acquiring a connection/i, POOL_EXHAUSTED],
  [/timeout expired|connection timeout|read timeout/i, SILENT],
  [/terminated unexpectedly|unexpected response to SSL/i, BROKEN_OFF],
  [
    /password must be a string/i,
    ({ user }) => `The database asks for a password of user "${user}": add it to DATABASE_URL.`,
  ],
];

/**
 * Says in one line what is wrong with the database and what to do. The password never shows.
 * @param error what connecting to it, or a query, threw
 * @param url the URL that was connected to
 */
export function describeDatabaseFailure(error: unknown, url: string): string {
  if (error instanceof EmbeddedPostgresError || error instanceof SchemaNewerError) return error.message;
  const target = targetOf(url);
  if (target === undefined)
    return describe('ERR_INVALID_URL', '', { server: '', host: '', database: '', user: '' });
  return describe(errorCode(error) ?? '', messageOf(error), target);
}

function describe(code: string, message: string, target: Target): string {
  // Only the text tells this reason for 28000 from others; PostgreSQL writes it for Unix sockets too.
  if (code === '28000' && message.includes('no encryption') && !target.host.startsWith('/')) {
    return `The database at ${target.server} does not admit user "${target.user}" without encryption: add sslmode=verify-full to DATABASE_URL, or allow it in pg_hba.conf.`;
  }
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  const found = known ?? BY_MESSAGE.find(([pattern]) => pattern.test(message))?.[1];
  if (found !== undefined) return found(target);
  // The text of an unknown failure may quote what it was given, so only its code is shown.
  return `The database at ${target.server} cannot be used${code === '' ? '' : ` (${code})`}: see the database's log.`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}

function targetOf(url: string): Target | undefined {
  const parsed = parseUrl(url);
  if (parsed === undefined) return undefined;
  const host = parsed.searchParams.get('host') ?? decode(parsed.hostname);
  const port = parsed.port === '' ? (parsed.searchParams.get('port') ?? '5432') : parsed.port;
  return {
    host,
    server: host.startsWith('/') ? host : `${host === '' ? 'localhost' : host}:${port}`,
    database: oneLine(decode(parsed.pathname.slice(1))),
    user: oneLine(parsed.searchParams.get('user') ?? decode(parsed.username)),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
