import { createFakeClock } from '../support/fake-clock.js';
import { createInMemoryArtifactStore } from '../support/in-memory-artifact-store.js';
import { describeArtifactStore } from './conformance/artifact-store.js';

describe('the in-memory artifact store', () => {
  const clock = createFakeClock();
  const store = createInMemoryArtifactStore(clock);
  describeArtifactStore(() => ({ store, clock }));
});
