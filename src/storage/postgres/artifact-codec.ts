import type { ArtifactKey, ArtifactWrite, FoundArtifact } from '../../domain/artifacts/artifact.js';
import type { JsonObject } from '../../domain/json.js';
import type { KeyedHash, Sealer } from '../../domain/sealing.js';

/** An artifact as a row: nothing in it can be presented to anybody. */
export interface ArtifactRow {
  readonly id: Buffer;
  readonly model: string;
  readonly payload: Buffer;
  readonly expiresAt: number | null;
  readonly grantId: Buffer | null;
  readonly uid: Buffer | null;
  readonly userCode: Buffer | null;
  readonly sessionUid: Buffer | null;
  readonly accountId: string | null;
  readonly clientId: string | null;
}

/** Turns artifacts into rows and back: ids become keyed hashes, payloads are sealed under the row's id. */
export interface ArtifactCodec {
  rowId(key: ArtifactKey): Buffer;
  grantRowId(grantId: string): Buffer;
  uidHash(uid: string): Buffer;
  userCodeHash(userCode: string): Buffer;
  toRow(write: ArtifactWrite): ArtifactRow;
  toArtifact(row: {
    readonly id: Buffer;
    readonly payload: Buffer;
    readonly consumedAt: number | null;
    readonly version: number;
  }): FoundArtifact;
}

/**
 * @param hash keyed hash for everything that an artifact is found by
 * @param sealer seals the payloads
 */
export function createArtifactCodec(hash: KeyedHash, sealer: Sealer): ArtifactCodec {
  // The kind is part of what is hashed, so that no value of one kind can be taken for another's.
  const of = (kind: string, value: string): Buffer => hash(`${kind}\0${value}`);
  const optional = (kind: string, value: string | undefined): Buffer | null =>
    value === undefined ? null : of(kind, value);

  return {
    rowId: ({ model, id }) => of(model, id),
    grantRowId: (grantId) => of('Grant', grantId),
    uidHash: (uid) => of('uid', uid),
    userCodeHash: (userCode) => of('user_code', userCode),
    toRow(write) {
      const id = of(write.model, write.id);
      return {
        id,
        model: write.model,
        payload: sealer.seal(Buffer.from(JSON.stringify(write.payload)), id),
        expiresAt: write.expiresAt ?? null,
        grantId: optional('Grant', write.grantId),
        uid: optional('uid', write.uid),
        userCode: optional('user_code', write.userCode),
        sessionUid: optional('uid', write.sessionUid),
        accountId: write.accountId ?? null,
        clientId: write.clientId ?? null,
      };
    },
    toArtifact({ id, payload, consumedAt, version }) {
      const parsed = JSON.parse(sealer.open(payload, id).toString()) as JsonObject;
      return {
        id: typeof parsed.jti === 'string' ? parsed.jti : '',
        payload: parsed,
        consumedAt: consumedAt ?? undefined,
        version,
      };
    },
  };
}
