import type { Stores } from '../../src/domain/unit-of-work.js';

/**
 * The stores of a test that needs some of them only.
 * @returns stores of which those that are missing throw when they are asked for
 */
export function storesOf(known: Partial<Stores>): Stores {
  const unused = new Proxy(
    {},
    {
      get(_target, name): never {
        throw new Error(`There is no store ${String(name)} here.`);
      },
    },
  );
  // Whatever is missing is asked of the prototype, which throws: so no store is ever undefined.
  return Object.assign(Object.create(unused) as Stores, known);
}
