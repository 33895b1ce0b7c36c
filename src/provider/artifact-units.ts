import { AsyncLocalStorage } from 'node:async_hooks';
import type { ArtifactStore } from '../domain/artifacts/artifact-store.js';
import type { AuditOrigin } from '../domain/audit/audit-event.js';
import { ArtifactUnit } from './artifact-unit.js';

/** Gives every request its unit, through everything that it awaits. */
export class ArtifactUnits {
  readonly #current = new AsyncLocalStorage<ArtifactUnit>();
  readonly #store: ArtifactStore;

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  /** Runs `work` with a unit of its own; the caller decides whether to commit it. */
  run<Result>(work: (unit: ArtifactUnit) => Promise<Result>, origin?: AuditOrigin): Promise<Result> {
    const unit = new ArtifactUnit(this.#store, origin);
    return this.#current.run(unit, () => work(unit));
  }

  /** The unit of the request under way, if there is one. */
  current(): ArtifactUnit | undefined {
    return this.#current.getStore();
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
