import { askPerson } from '../domain/ciba/ask-person.js';
import type { ArtifactUnits } from '../provider/artifact-units.js';
import type { CibaParts } from '../provider/features/ciba.js';
import type { Application } from './application.js';

/** What the protocol needs to ask people. */
export function openCibaParts(application: Application, units: ArtifactUnits): CibaParts {
  const { stores, unitsOfWork, clock, issuer } = application;
  return {
    accounts: stores.accounts,
    clock,
    ask: (ask, clientName) => {
      const origin = units.current()?.origin ?? { actor: { kind: 'system' } };
      return askPerson({ unitOfWork: unitsOfWork.from(origin), clock, issuer }, ask, clientName);
    },
  };
}
