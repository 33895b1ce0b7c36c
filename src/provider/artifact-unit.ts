import type { AttributedEntry, AuditEntry, AuditOrigin } from '../domain/audit/audit-event.js';
import type {
  ArtifactKey,
  ArtifactModel,
  ArtifactWrite,
  FoundArtifact,
} from '../domain/artifacts/artifact.js';
import type {
  ArtifactRemoval,
  ArtifactReplacement,
  ArtifactStore,
} from '../domain/artifacts/artifact-store.js';
import type { JsonObject } from '../domain/json.js';
import { asFound, isOnlyAging, loadedOf, readAgain, type Loaded } from './loaded-artifact.js';
import { mergeSessions } from './merge-sessions.js';

/** Where changes outside any request come from. */
const THE_SYSTEM: AuditOrigin = { actor: { kind: 'system' } };
const MERGE_ATTEMPTS = 20;
const nameOf = ({ model, id }: ArtifactKey): string => `${model}:${id}`;

/**
 * The changes of one request: collected while it runs, seen by its own reads, and written at its end, whole or not at
 * all.
 */
export class ArtifactUnit {
  readonly #store: ArtifactStore;
  readonly #loaded = new Map<string, Loaded>();
  readonly #prefetched = new Map<string, FoundArtifact>();
  readonly #writes = new Map<string, ArtifactWrite>();
  readonly #removals = new Map<string, ArtifactRemoval>();
  readonly #revokedGrants = new Set<string>();
  readonly #audit: AttributedEntry[] = [];
  readonly #origin: AuditOrigin;
  #consume: ArtifactKey | undefined;
  #lost: ArtifactKey | undefined;

  /** @param origin where the request comes from, for the audit log */
  constructor(store: ArtifactStore, origin: AuditOrigin = THE_SYSTEM) {
    this.#store = store;
    this.#origin = origin;
  }

  /** Finds by id, seeing what this request has changed. Each call answers a fresh object. */
  async find(key: ArtifactKey): Promise<FoundArtifact | undefined> {
    const name = nameOf(key);
    if (this.#removals.has(name)) return undefined;
    const pending = this.#writes.get(name);
    if (pending) return asFound(pending);
    const again = readAgain(this.#loaded.get(name));
    if (again) return again;
    const prefetched = this.#prefetched.get(name);
    if (prefetched) {
      this.#prefetched.delete(name);
      return this.#remember(key.model, prefetched);
    }
    const lookup = await this.#store.find(key);
    if (!lookup) return undefined;
    if (lookup.grant) this.#prefetched.set(`Grant:${lookup.grant.id}`, lookup.grant);
    const uid = lookup.session?.payload['uid'];
    if (lookup.session && typeof uid === 'string') this.#prefetched.set(`uid:${uid}`, lookup.session);
    return this.#remember(key.model, { ...lookup, id: key.id });
  }

  /** Finds a session by its uid, seeing what this request has changed. */
  async findSessionByUid(uid: string): Promise<FoundArtifact | undefined> {
    for (const write of this.#writes.values()) {
      if (write.model === 'Session' && write.uid === uid) return asFound(write);
    }
    for (const removal of this.#removals.values()) {
      if (removal.uid === uid) return undefined;
    }
    for (const [name, loaded] of this.#loaded) {
      if (name.startsWith('Session:') && loaded.found.payload.uid === uid) return readAgain(loaded);
    }
    const prefetched = this.#prefetched.get(`uid:${uid}`);
    this.#prefetched.delete(`uid:${uid}`);
    const found = prefetched ?? (await this.#store.findSessionByUid(uid));
    return found && this.#remember('Session', found);
  }

  /** Finds a device code by what the person typed. */
  async findDeviceCodeByUserCode(userCode: string): Promise<FoundArtifact | undefined> {
    for (const write of this.#writes.values()) {
      if (write.userCode === userCode) return asFound(write);
    }
    const found = await this.#store.findDeviceCodeByUserCode(userCode);
    return found && this.#remember('DeviceCode', found);
  }

  upsert(write: ArtifactWrite): void {
    // A session that changes its id stays one session: its row is kept and renamed.
    if (write.model === 'Session') this.#renameSession(write);
    this.#removals.delete(nameOf(write));
    this.#writes.set(nameOf(write), write);
  }

  /** Uses an artifact up when the unit commits; that is its guard. A request uses up one artifact at most. */
  consume(key: ArtifactKey): void {
    if (this.#consume && nameOf(this.#consume) !== nameOf(key)) {
      throw new Error('a request cannot use up two artifacts');
    }
    this.#consume = key;
  }

  /** Notes that another request had used the artifact up before: nothing of this one is to be written. */
  lose(key: ArtifactKey): void {
    this.#lost = key;
  }

  /** What another request had used up before this one; known after `commit` at the latest. */
  get lost(): ArtifactKey | undefined {
    return this.#lost;
  }

  /** Whether this request has seen that the artifact was used up before. */
  wasConsumed(key: ArtifactKey): boolean {
    return this.#loaded.get(nameOf(key))?.found.consumedAt !== undefined;
  }

  remove(key: ArtifactKey): void {
    const uid = this.#loaded.get(nameOf(key))?.found.payload.uid;
    this.#writes.delete(nameOf(key));
    this.#removals.set(nameOf(key), {
      ...key,
      uid: key.model === 'Session' && typeof uid === 'string' ? uid : undefined,
    });
  }

  revokeGrant(grantId: string): void {
    this.#revokedGrants.add(grantId);
    for (const [name, write] of this.#writes) {
      if (write.grantId === grantId) this.#writes.delete(name);
    }
  }

  /** What the request has read of an artifact, also when it has removed it since. */
  seen(key: ArtifactKey): JsonObject | undefined {
    const name = nameOf(key);
    return (this.#loaded.get(name)?.found ?? this.#prefetched.get(name))?.payload;
  }

  /** What this request has seen of the session, also under an id of before. */
  seenSession(uid: string): JsonObject | undefined {
    for (const [name, { found }] of this.#loaded) {
      if (name.startsWith('Session:') && found.payload.uid === uid) return found.payload;
    }
    return this.#prefetched.get(`uid:${uid}`)?.payload;
  }

  /** Where the request comes from. */
  get origin(): AuditOrigin {
    return this.#origin;
  }

  /** Takes down what the audit log shall tell; it is written together with the changes, or not at all. */
  record(entry: AuditEntry): void {
    this.#audit.push({ origin: this.#origin, entry });
  }

  /** Whether there is nothing to write, and nothing was lost either: so it is where a request has only read. */
  get isSettled(): boolean {
    const collections = [this.#writes, this.#removals, this.#revokedGrants];
    const isEmpty = collections.every(({ size }) => size === 0) && this.#audit.length === 0;
    return isEmpty && !this.#consume && !this.#lost;
  }

  /**
   * Writes everything.
   * @returns false when the guard was lost: another request had used up the same code or token, nothing was written
   * @throws {DomainError} `overloaded`, `storage_unavailable`
   */
  async commit(): Promise<boolean> {
    if (this.#lost) return false;
    const insert: ArtifactWrite[] = [];
    const replace: ArtifactReplacement[] = [];
    for (const [name, write] of this.#writes) {
      const loaded = this.#loaded.get(name);
      if (!loaded) insert.push(write);
      else if (!isOnlyAging(loaded, write)) {
        // Only sessions are written by several requests at once, whose changes can be merged.
        const foundVersion = write.model === 'Session' ? loaded.found.version : undefined;
        replace.push({ ...write, foundId: loaded.foundId, foundVersion });
      }
    }
    const changes = {
      consume: this.#consume,
      remove: [...this.#removals.values()],
      revokeGrants: [...this.#revokedGrants],
      insert,
      replace,
      audit: this.#audit,
    };
    const lists = [insert, replace, changes.remove, changes.revokeGrants, changes.audit];
    if (!changes.consume && lists.every((list) => list.length === 0)) return true;
    const outcome = await this.#store.commit(changes);
    if (outcome.kind === 'already_consumed') {
      this.#lost = this.#consume;
      return false;
    }
    for (const replacement of outcome.outdated) {
      if (replacement.model === 'Session') await this.#mergeSession(replacement);
    }
    return true;
  }

  #remember(model: ArtifactModel, found: FoundArtifact): FoundArtifact {
    const name = nameOf({ model, id: found.id });
    if (this.#loaded.has(name)) return found;
    this.#loaded.set(name, loadedOf(model, found));
    return found;
  }

  #renameSession(write: ArtifactWrite): void {
    for (const [name, loaded] of this.#loaded) {
      if (loaded.found.payload.uid !== write.uid || name === nameOf(write)) continue;
      this.#loaded.set(nameOf(write), loaded);
      this.#removals.delete(name);
      this.#writes.delete(name);
    }
  }

  /** Another request changed the session meanwhile: both changes are kept. A session that was ended stays so. */
  async #mergeSession(mine: ArtifactReplacement): Promise<void> {
    const before = this.#loaded.get(nameOf(mine))?.before;
    if (before === undefined || mine.uid === undefined) return;
    const base = JSON.parse(before) as JsonObject;
    for (let attempt = 0; attempt < MERGE_ATTEMPTS; attempt += 1) {
      const theirs = await this.#store.findSessionByUid(mine.uid);
      if (!theirs) return;
      const outcome = await this.#store.commit({
        consume: undefined,
        remove: [],
        revokeGrants: [],
        insert: [],
        audit: [],
        replace: [
          {
            ...mine,
            payload: mergeSessions(base, mine.payload, theirs.payload),
            foundId: theirs.id,
            foundVersion: theirs.version,
          },
        ],
      });
      if (outcome.kind === 'committed' && outcome.outdated.length === 0) return;
    }
    throw new Error('a session was changed by too many requests at once');
  }
}
