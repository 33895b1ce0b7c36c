import type { Clock } from '../clock.js';
import type { ClientDirectory } from '../clients/client-directory.js';
import type { ClientRules } from '../clients/client-rules.js';
import type { Client } from '../clients/client.js';
import { DomainError } from '../errors.js';
import type { JsonObject } from '../json.js';
import { parseUrl } from '../url.js';
import { documentClient, isDocumentClientId } from './document-client.js';
import type { RegistrationPolicy } from './registration-policy.js';

/** What stands at an address. */
export interface FetchedDocument {
  readonly document: JsonObject;
  /** As its headers say; absent: they say nothing. */
  readonly maxAgeSeconds: number | undefined;
}

export interface ClientDocumentSettings {
  /** Hosts whose documents are read: exact, `*.example.org`, or `*`; none: no document is read. */
  readonly hosts: readonly string[];
  readonly policy: RegistrationPolicy;
}

export interface ClientDocumentsDeps {
  readonly settings: ClientDocumentSettings;
  readonly rules: ClientRules;
  /**
   * Reads a document, from public addresses only, bounded in size and time.
   * @throws {Error} when it cannot be had; its message says why
   */
  readonly fetchDocument: (url: string) => Promise<FetchedDocument>;
  readonly clock: Clock;
}

/** Seconds that a document is kept, whatever its headers say. */
const LEAST_AGE = 60;
const MOST_AGE = 24 * 60 * 60;
/** Seconds for which one that could not be used is not asked for again. */
const FAILURE_AGE = 30;
const MOST_KEPT = 1_000;
/** Documents fetched within a minute, in each process: whoever sends client ids decides what is asked for. */
const FETCHES_PER_MINUTE = 120;

interface Kept {
  readonly until: number;
  readonly outcome: Promise<Client>;
}

/**
 * Clients whose id is the address of a document about them. It is fetched when somebody comes with such an id, and kept
 * for as long as its headers say.
 * @returns finds such a client; undefined for an id that is no address, or at a host that is not allowed
 * @throws {DomainError} `client_document_unusable`, with the reason for developers
 * @see OAuth Client ID Metadata Document (draft 02) §4
 */
export function createClientDocuments(deps: ClientDocumentsDeps): Pick<ClientDirectory, 'find'> {
  const kept = new Map<string, Kept>();
  const mayFetch = createBudget(deps.clock);

  const keep = (clientId: string, until: number, outcome: Promise<Client>): void => {
    kept.delete(clientId);
    const [oldest] = kept.keys();
    if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
    kept.set(clientId, { until, outcome });
  };
  const read = (clientId: string): Promise<Client> => {
    const now = deps.clock.now();
    const expiry = (seconds: number): number => deps.clock.now().getTime() + seconds * 1000;
    const outcome = deps
      .fetchDocument(clientId)
      .then(({ document, maxAgeSeconds = LEAST_AGE }) => {
        const client = documentClient(
          { clientId, document, fetchedAt: now },
          { policy: deps.settings.policy, rules: deps.rules },
        );
        keep(clientId, expiry(Math.min(Math.max(maxAgeSeconds, LEAST_AGE), MOST_AGE)), outcome);
        return client;
      })
      .catch((error: unknown) => {
        keep(clientId, expiry(FAILURE_AGE), outcome);
        throw unusable(error);
      });
    // Whoever asks meanwhile waits for this one.
    keep(clientId, Infinity, outcome);
    return outcome;
  };

  return {
    find(clientId) {
      if (!isDocumentClientId(clientId) || !isAllowedHost(clientId, deps.settings.hosts)) {
        return Promise.resolve(undefined);
      }
      const found = kept.get(clientId);
      if (found && found.until > deps.clock.now().getTime()) return found.outcome;
      if (!mayFetch()) {
        return Promise.reject(
          new DomainError('client_document_unusable', 'Too many client documents are being asked for.'),
        );
      }
      return read(clientId);
    },
  };
}

/** The clients that are registered, and those that documents tell of. */
export function withClientDocuments(
  registered: Pick<ClientDirectory, 'find'>,
  documents: Pick<ClientDirectory, 'find'>,
): Pick<ClientDirectory, 'find'> {
  const findEither = async (clientId: string) =>
    (await registered.find(clientId)) ?? documents.find(clientId);
  return {
    find: (clientId) => (isDocumentClientId(clientId) ? findEither(clientId) : registered.find(clientId)),
  };
}

/** Whether documents at that host are read. */
export function isAllowedHost(clientId: string, hosts: readonly string[]): boolean {
  const hostname = parseUrl(clientId)?.hostname ?? '';
  return hosts.some(
    (host) => host === '*' || (host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host),
  );
}

function createBudget(clock: Clock): () => boolean {
  let minute = 0;
  let used = 0;
  return () => {
    const current = Math.floor(clock.now().getTime() / 60_000);
    if (current !== minute) [minute, used] = [current, 0];
    used += 1;
    return used <= FETCHES_PER_MINUTE;
  };
}

function unusable(error: unknown): DomainError {
  const reason = error instanceof Error ? error.message : String(error);
  return new DomainError('client_document_unusable', `The document of the client cannot be used: ${reason}`);
}
