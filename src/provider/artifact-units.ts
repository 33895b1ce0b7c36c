import type { ArtifactStore } from '../domain/artifacts/artifact-store.js';
import type { AuditOrigin } from '../domain/audit/audit-event.js';
import { ArtifactUnit } from './artifact-unit.js';
import { requestStorage } from './library-context.js';

/** Under which the unit stands on what is stored for a request. */
const UNITS = Symbol('units of a request');

/** What is stored for a request: an object of our own, or, while the library answers, its context. */
interface Stored {
  [UNITS]?: { readonly of: ArtifactUnits; readonly unit: ArtifactUnit };
}

/** Gives every request its unit, through everything that it awaits. */
export class ArtifactUnits {
  readonly #store: ArtifactStore;

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  /**
   * Runs `work` with a unit of its own; the caller decides whether to commit it.
   * @param ctx context of the request, which the library takes for its own when it answers
   */
  run<Result>(
    work: (unit: ArtifactUnit) => Promise<Result>,
    origin?: AuditOrigin,
    ctx?: object,
  ): Promise<Result> {
    const unit = new ArtifactUnit(this.#store, origin);
    const stored = { of: this, unit };
    if (ctx) (ctx as Stored)[UNITS] = stored;
    return requestStorage.run({ [UNITS]: stored }, () => work(unit));
  }

  /** The unit of the request under way, if there is one. */
  current(): ArtifactUnit | undefined {
    const stored = (requestStorage.getStore() as Stored | undefined)?.[UNITS];
    return stored?.of === this ? stored.unit : undefined;
  }

  /** Makes one change outside any request, at once. @returns whether its guard was won */
  async alone(change: (unit: ArtifactUnit) => void): Promise<boolean> {
    const unit = new ArtifactUnit(this.#store);
    change(unit);
    return unit.commit();
  }

  get store(): ArtifactStore {
    return this.#store;
  }
}
