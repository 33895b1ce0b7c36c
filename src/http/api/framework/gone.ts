import { DomainError } from '../../../domain/errors.js';

/**
 * Deletes something; that it is gone already is what was asked for.
 * @see RFC 9110 §9.2.2
 */
export async function unlessGone(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'not_found')) throw error;
  }
}
