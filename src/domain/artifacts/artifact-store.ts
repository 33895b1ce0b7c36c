import type { AttributedEntry } from '../audit/audit-event.js';
import type { ArtifactKey, ArtifactLookup, ArtifactWrite, FoundArtifact } from './artifact.js';

/** A write of an artifact that was found before: it changes the row that is there, and never brings one back. */
export interface ArtifactReplacement extends ArtifactWrite {
  /** The id under which it was found; a session gets a new one when it is rotated. */
  readonly foundId: string;
  /** The version that it was found in. `undefined`: whatever version is there now. */
  readonly foundVersion: number | undefined;
}

export interface ArtifactRemoval extends ArtifactKey {
  /** The uid of a session, by which it is removed even when it was given a new id meanwhile. */
  readonly uid?: string | undefined;
}

/** All changes of one request, written whole or not at all. */
export interface ArtifactChanges {
  /** The guard: when it has been used up before, nothing of the request is written. */
  readonly consume: ArtifactKey | undefined;
  readonly remove: readonly ArtifactRemoval[];
  /** Ids of grants whose tokens and codes end. The grant itself is removed by its key. */
  readonly revokeGrants: readonly string[];
  readonly insert: readonly ArtifactWrite[];
  readonly replace: readonly ArtifactReplacement[];
  /** What the audit log is to tell of it; written in the same transaction, and only if the rest is. */
  readonly audit: readonly AttributedEntry[];
}

export type CommitOutcome =
  | {
      readonly kind: 'committed';
      /** Replacements that did not apply, as somebody else had changed or removed the row meanwhile. */
      readonly outdated: readonly ArtifactReplacement[];
    }
  /** The guard was lost: somebody else had used it up, or it was removed. Nothing was written. */
  | { readonly kind: 'already_consumed' };

/** Where the protocol's artifacts live. No value that a client or a browser bears is kept in a readable form. */
export interface ArtifactStore {
  /**
   * Finds by id. An artifact that expired within the clock tolerance, or that was consumed, is still found;
   * one whose grant was removed is not.
   */
  find(key: ArtifactKey): Promise<ArtifactLookup | undefined>;
  findSessionByUid(uid: string): Promise<FoundArtifact | undefined>;
  findDeviceCodeByUserCode(userCode: string): Promise<FoundArtifact | undefined>;
  /** @throws {DomainError} `overloaded`, `storage_unavailable` */
  commit(changes: ArtifactChanges): Promise<CommitOutcome>;
  /**
   * Inserts unless it is there already, in one step, across all instances.
   * @returns false when it was there
   */
  insertUnique(write: ArtifactWrite): Promise<boolean>;
}
