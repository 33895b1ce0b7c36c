import type { Stores, UnitOfWork, UnitsOfWork } from '../../src/domain/unit-of-work.js';
import { storesOf } from './stores-of.js';

/**
 * A unit of work in memory as one per request, wherever the request comes from.
 * @param unitOfWork the one that all share; stores that it lacks throw when they are used
 */
export function unitsOfWorkOf<Names extends keyof Stores>(unitOfWork: UnitOfWork<Names>): UnitsOfWork {
  return { from: () => ({ run: (work) => unitOfWork.run((stores) => work(storesOf({ ...stores }))) }) };
}
