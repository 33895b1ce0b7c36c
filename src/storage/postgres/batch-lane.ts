import { DomainError } from '../../domain/errors.js';

export interface BatchLaneOptions<Item, Result> {
  /** Runs a batch in one statement or transaction; answers a result for each item, in order. */
  readonly execute: (items: readonly Item[]) => Promise<readonly Result[]>;
  /** Items with a key in common never travel in one batch. */
  readonly conflictKeys?: (item: Item) => readonly string[];
  /** Batches under way at a time. */
  readonly concurrency: number;
  /** Items in a batch at most. */
  readonly maxBatch: number;
  /** Items that wait at most; more are refused. */
  readonly maxQueue: number;
}

/** How busy a lane is now. */
export interface LaneLoad {
  /** Items that wait for a place in a batch. */
  readonly waiting: number;
  /** Batches under way. */
  readonly running: number;
}

/** Hears of each lane when it is made, for metrics. */
export type LaneWatcher = (name: string, load: () => LaneLoad) => void;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets statements of one kind from concurrent requests travel together. A batch leaves as soon as a place is free, with
 * whatever waits by then: no timer, and no delay when idle. A batch that fails is run again item by item, so that one bad
 * item fails alone.
 */
export class BatchLane<Item, Result> {
  readonly #options: BatchLaneOptions<Item, Result>;
  #waiting: Waiting<Item, Result>[] = [];
  #running = 0;
  #scheduled = false;

  constructor(options: BatchLaneOptions<Item, Result>) {
    this.#options = options;
  }

  get load(): LaneLoad {
    return { waiting: this.#waiting.length, running: this.#running };
  }

  /** @throws {DomainError} `overloaded` when too many items wait already; else whatever `execute` throws */
  run(item: Item): Promise<Result> {
    if (this.#waiting.length >= this.#options.maxQueue) {
      return Promise.reject(new DomainError('overloaded', 'Too many requests wait for the database.'));
    }
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#scheduled) return;
      this.#scheduled = true;
      // Requests that arrived in the same turn of the event loop share a batch: those of all sockets, not of the first.
      setImmediate(() => {
        this.#scheduled = false;
        this.#dispatch();
      });
    });
  }

  #dispatch(): void {
    while (this.#running < this.#options.concurrency && this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      this.#running += 1;
      void this.#execute(batch).finally(() => {
        this.#running -= 1;
        this.#dispatch();
      });
    }
  }

  #takeBatch(): readonly Waiting<Item, Result>[] {
    const { conflictKeys, maxBatch } = this.#options;
    if (!conflictKeys) return this.#waiting.splice(0, maxBatch);
    const batch: Waiting<Item, Result>[] = [];
    const left: Waiting<Item, Result>[] = [];
    const taken = new Set<string>();
    for (const waiting of this.#waiting) {
      const keys = conflictKeys(waiting.item);
      if (batch.length < maxBatch && !keys.some((key) => taken.has(key))) batch.push(waiting);
      else left.push(waiting);
      // Also what stays behind keeps its keys, so that items with a key in common leave in the order they came.
      for (const key of keys) taken.add(key);
    }
    this.#waiting = left;
    return batch;
  }

  async #execute(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.#options.execute(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => {
        resolve(results[index] as Result);
      });
    } catch (error) {
      // A database that is away fails every item alike: nothing is gained by asking it for each.
      if (batch.length === 1 || error instanceof DomainError) {
        for (const { reject } of batch) reject(error);
        return;
      }
      for (const waiting of batch) await this.#execute([waiting]);
    }
  }
}
