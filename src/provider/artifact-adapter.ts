import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import type { ArtifactModel, ArtifactWrite, FoundArtifact } from '../domain/artifacts/artifact.js';
import type { ArtifactStore } from '../domain/artifacts/artifact-store.js';
import { epochSeconds, type Clock } from '../domain/clock.js';
import type { JsonObject, JsonValue } from '../domain/json.js';
import { readAttempt } from '../domain/sign-in/sign-in-attempt.js';
import type { ArtifactUnit } from './artifact-unit.js';
import type { ArtifactUnits } from './artifact-units.js';
import { upstreamOfSession } from './session-upstream.js';
import { sessionDevice } from './session-device.js';
import { orUnavailable, tellUnavailable } from './unavailable.js';
import { canBeIdOf } from './token-lengths.js';

/**
 * Seconds after its use in which a code or token that comes again is taken for a request that ran at the same time as the
 * first: it is refused, and the tokens of the first stay valid. Later it is a replay, and all that it yielded is revoked.
 * @see RFC 6749 §4.1.2, RFC 9700 §4.14.2
 */
export const CONCURRENT_USE_SECONDS = 10;

/** What a client redeems, and may honestly redeem twice: see `CONCURRENT_USE_SECONDS`. All else is used up at once. */
const REDEEMED_BY_CLIENTS = new Set<ArtifactModel>([
  'AuthorizationCode',
  'BackchannelAuthenticationRequest',
  'DeviceCode',
  'RefreshToken',
]);

/** Models whose tokens and codes end with their grant. */
const OF_A_GRANT = new Set<ArtifactModel>([
  'AccessToken',
  'AuthorizationCode',
  'BackchannelAuthenticationRequest',
  'DeviceCode',
  'PreAuthorizedCode',
  'RefreshToken',
]);

export interface ArtifactAdapterDependencies {
  readonly units: ArtifactUnits;
  readonly clock: Clock;
}

/**
 * The account with which all of it ends. An interaction has one as soon as somebody has proved anything, so that a sign-in
 * that was begun with an earlier password is not finished.
 */
function accountOf(model: ArtifactModel, payload: AdapterPayload): string | undefined {
  if (model === 'Session' || model === 'Grant') return payload.accountId;
  if (model !== 'Interaction') return undefined;
  const attempt = readAttempt(payload.result?.['attempt']);
  return payload.result?.login?.accountId ?? attempt?.accountId ?? payload.session?.accountId;
}

/** The session without which it is nothing; a look-up brings both. */
function sessionOf(model: ArtifactModel, payload: AdapterPayload): string | undefined {
  if (model === 'Interaction') return payload.session?.uid;
  return payload.expiresWithSession ? payload.sessionUid : undefined;
}

/** The library's storage interface over the artifact store, for one model. */
export class ArtifactAdapter implements Adapter {
  readonly #model: ArtifactModel;
  readonly #units: ArtifactUnits;
  readonly #clock: Clock;

  constructor(model: ArtifactModel, { units, clock }: ArtifactAdapterDependencies) {
    this.#model = model;
    this.#units = units;
    this.#clock = clock;
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    if (!canBeIdOf(this.#model, id)) return Promise.resolve(undefined);
    return this.#answer(this.#reader.find({ model: this.#model, id }));
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#answer(this.#reader.findSessionByUid(uid));
  }

  findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#answer(this.#reader.findDeviceCodeByUserCode(userCode));
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const write = this.#toWrite(id, payload, expiresIn);
    if (this.#model === 'ReplayDetection') {
      // Counts across instances from this moment on, so it does not wait for the end of the request.
      const isFirst = await orUnavailable(() => this.#units.store.insertUnique(write));
      if (!isFirst) throw new errors.InvalidRequest('jti was used before');
      return;
    }
    await this.#change((unit) => {
      unit.upsert(this.#model === 'Session' ? this.#withOurs(unit, write) : write);
    });
  }

  async consume(id: string): Promise<void> {
    const key = { model: this.#model, id };
    const unit = this.#units.current();
    if (unit?.wasConsumed(key)) {
      unit.lose(key);
      throw new errors.InvalidGrant('already used');
    }
    const won = await this.#change((current) => {
      current.consume(key);
    });
    if (!won) throw new errors.InvalidGrant('already used');
  }

  async destroy(id: string): Promise<void> {
    await this.#change((unit) => {
      unit.remove({ model: this.#model, id });
    });
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.#change((unit) => {
      unit.revokeGrant(grantId);
    });
  }

  get #reader(): ArtifactUnit | ArtifactStore {
    return this.#units.current() ?? this.#units.store;
  }

  /** One promise for the library to wait for: these are its most frequent calls. */
  #answer(finding: Promise<FoundArtifact | undefined>): Promise<AdapterPayload | undefined> {
    return finding.then((found) => this.#toPayload(found), tellUnavailable);
  }

  /** Within a request changes wait for its end; outside of one they are made at once. */
  #change(change: (unit: ArtifactUnit) => void): true | Promise<boolean> {
    const unit = this.#units.current();
    if (!unit) return orUnavailable(() => this.#units.alone(change));
    change(unit);
    return true;
  }

  #toWrite(id: string, payload: AdapterPayload, expiresIn: number | undefined): ArtifactWrite {
    const model = this.#model;
    return {
      model,
      id,
      payload: payload as JsonObject,
      expiresAt: expiresIn === undefined ? undefined : epochSeconds(this.#clock.now()) + expiresIn,
      grantId: OF_A_GRANT.has(model) ? payload.grantId : undefined,
      uid: model === 'Session' ? payload.uid : undefined,
      userCode: payload.userCode,
      sessionUid: sessionOf(model, payload),
      accountId: accountOf(model, payload),
      clientId: model === 'Grant' || model === 'ClientCredentials' ? payload.clientId : undefined,
    };
  }

  /** The library keeps of a session what it knows; the browser, and the session at another provider, are ours. */
  #withOurs(unit: ArtifactUnit, write: ArtifactWrite): ArtifactWrite {
    const { device } = unit.seen(write) ?? {};
    const before = isObject(device) ? device : undefined;
    const now = epochSeconds(this.#clock.now());
    const upstream = upstreamOfSession(write.uid === undefined ? undefined : unit.seenSession(write.uid));
    return {
      ...write,
      payload: {
        ...write.payload,
        device: sessionDevice(before, unit.origin, now),
        ...(upstream === undefined ? {} : { upstream }),
      },
    };
  }

  #toPayload(found: FoundArtifact | undefined): AdapterPayload | undefined {
    if (!found) return undefined;
    const { consumedAt } = found;
    const payload: AdapterPayload = { ...found.payload };
    if (consumedAt === undefined) return payload;
    const age = epochSeconds(this.#clock.now()) - consumedAt;
    const isConcurrent = REDEEMED_BY_CLIENTS.has(this.#model) && age < CONCURRENT_USE_SECONDS;
    return isConcurrent ? payload : { ...payload, consumed: consumedAt };
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
