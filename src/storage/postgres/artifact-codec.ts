import type { ArtifactKey, ArtifactWrite, FoundArtifact } from '../../domain/artifacts/artifact.js';
import type { JsonObject } from '../../domain/json.js';
import type { KeyedHash, Sealer } from '../../domain/sealing.js';
import { Recent } from './recent.js';

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

/** What a request has hashed or sealed, it or the next one asks for again: its grant, its session, the token in use. */
const MOST_REMEMBERED = 4_096;

/**
 * What was hashed and opened lately is remembered, the latter under all its sealed bytes: whatever differs in one of them
 * is opened anew. The database is asked all the same, so nothing that has ended is found.
 * @param hash keyed hash for everything that an artifact is found by
 * @param sealer seals the payloads
 */
export function createArtifactCodec(hash: KeyedHash, sealer: Sealer): ArtifactCodec {
  const hashed = new Recent<Buffer>(MOST_REMEMBERED);
  const opened = new Recent<{ readonly id: Buffer; readonly text: string }>(MOST_REMEMBERED);

  // The kind is part of what is hashed, so that no value of one kind can be taken for another's.
  const of = (kind: string, value: string): Buffer => {
    const text = `${kind}\0${value}`;
    const known = hashed.get(text);
    if (known) return known;
    const made = hash(text);
    hashed.set(text, made);
    return made;
  };
  const seal = (text: string, id: Buffer): Buffer => {
    const sealed = sealer.seal(Buffer.from(text), id);
    opened.set(sealed.toString('latin1'), { id, text });
    return sealed;
  };
  const open = (sealed: Buffer, id: Buffer): string => {
    const name = sealed.toString('latin1');
    const known = opened.get(name);
    // A payload that was moved to another row does not open there.
    if (known?.id.equals(id)) return known.text;
    const text = sealer.open(sealed, id).toString();
    opened.set(name, { id, text });
    return text;
  };
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
        payload: seal(JSON.stringify(write.payload), id),
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
      const json = open(payload, id);
      const parsed = JSON.parse(json) as JsonObject;
      return {
        id: typeof parsed.jti === 'string' ? parsed.jti : '',
        payload: parsed,
        json,
        consumedAt: consumedAt ?? undefined,
        version,
      };
    },
  };
}
