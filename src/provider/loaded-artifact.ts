import { isDeepStrictEqual } from 'node:util';
import type { ArtifactModel, ArtifactWrite, FoundArtifact } from '../domain/artifacts/artifact.js';
import type { JsonObject } from '../domain/json.js';

/** A row that this request has read, and in which state: later writes of it are checked against that. */
export interface Loaded {
  /** The id under which the row was found; a rotated session has a newer one. */
  readonly foundId: string;
  readonly found: FoundArtifact;
  /**
   * Of a session or an interaction: what its payload was, as JSON. The library changes it in place, and asks for it again
   * within one request.
   */
  readonly before: string | undefined;
}

export function loadedOf(model: ArtifactModel, found: FoundArtifact): Loaded {
  const isReadAgain = model === 'Session' || model === 'Interaction';
  const before = isReadAgain ? (found.json ?? JSON.stringify(found.payload)) : undefined;
  return { foundId: found.id, found, before };
}

/** What was read once stands for the whole request: its write is checked against the row as it is by then. */
export function readAgain(loaded: Loaded | undefined): FoundArtifact | undefined {
  if (loaded?.before === undefined) return undefined;
  return { ...loaded.found, payload: JSON.parse(loaded.before) as JsonObject };
}

/** A use that only moves a session's expiry by less than a minute is not worth a write. */
export function isOnlyAging({ foundId, before }: Loaded, write: ArtifactWrite): boolean {
  if (before === undefined || write.model !== 'Session' || foundId !== write.id) return false;
  const { exp: expired, ...was } = JSON.parse(before) as JsonObject;
  const { exp: expires, ...is } = write.payload;
  if (typeof expired !== 'number' || typeof expires !== 'number' || expires - expired >= 60) return false;
  return isDeepStrictEqual(was, is);
}

export function asFound(write: ArtifactWrite): FoundArtifact {
  return { id: write.id, payload: structuredClone(write.payload), consumedAt: undefined, version: 0 };
}
