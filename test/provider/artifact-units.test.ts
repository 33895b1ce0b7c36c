import { ArtifactUnits } from '../../src/provider/artifact-units.js';
import { libraryContext, requestStorage } from '../../src/provider/library-context.js';
import { createFakeClock } from '../support/fake-clock.js';
import { createInMemoryArtifactStore } from '../support/in-memory-artifact-store.js';

const store = createInMemoryArtifactStore(createFakeClock());

test('a request has its unit wherever it goes, also where the library has put its own context in the place', async () => {
  const units = new ArtifactUnits(store);
  const ctx = {};
  await units.run(
    async (unit) => {
      await Promise.resolve();
      expect(units.current()).toBe(unit);
      expect(libraryContext()).toBeUndefined();
      await requestStorage.run(Object.assign(ctx, { oidc: {} }), async () => {
        await Promise.resolve();
        expect(units.current()).toBe(unit);
        expect(libraryContext()).toBe(ctx);
        await units.run((inner) => {
          expect(units.current()).toBe(inner);
          return Promise.resolve();
        });
        expect(units.current()).toBe(unit);
      });
    },
    undefined,
    ctx,
  );
  expect(units.current()).toBeUndefined();
});

test('units of two stores do not take one for the other’s', async () => {
  const [one, other] = [new ArtifactUnits(store), new ArtifactUnits(store)];
  await one.run(() => {
    expect(other.current()).toBeUndefined();
    return Promise.resolve();
  });
});
