import type { Stores, UnitOfWork, UnitsOfWork } from '../../src/domain/unit-of-work.js';

/**
 * A unit of work in memory as one per request, wherever the request comes from.
 * @param unitOfWork the one that all share
 */
export function unitsOfWorkOf(
  unitOfWork: UnitOfWork<Exclude<keyof Stores, 'clients' | 'signingKeys'>>,
): UnitsOfWork {
  const unused = (): never => {
    throw new Error('There is no such store here.');
  };
  return {
    from: () => ({
      run: (work) =>
        unitOfWork.run((stores) =>
          work({
            ...stores,
            get clients(): never {
              return unused();
            },
            get signingKeys(): never {
              return unused();
            },
          }),
        ),
    }),
  };
}
