import { registerClient, type RegisterClientInput } from '../../src/domain/clients/register-client.js';
import { DomainError, type FieldFault } from '../../src/domain/errors.js';
import { createClientUseCaseDeps } from './client-use-case-deps.js';

/** A web application with the least that it needs. */
export const web: RegisterClientInput = {
  name: 'Shop',
  type: 'web',
  redirectUris: ['https://shop.example.com/callback'],
};

/** The faults for which the registration is refused; empty when it is not. */
export async function faultsOf(input: RegisterClientInput): Promise<readonly FieldFault[]> {
  try {
    await registerClient(createClientUseCaseDeps(), input);
    return [];
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid_input') return error.faults;
    throw error;
  }
}

/** The same in short: `field: code`. */
export const codesOf = async (input: RegisterClientInput) =>
  (await faultsOf(input)).map(({ field, code }) => `${field}: ${code}`);
