import type { UnitOfWork } from '../unit-of-work.js';
import { readPasskeyName } from './passkey-name.js';
import { passkeyNotFound } from './passkey-refused.js';

export interface RenamePasskeyDeps {
  readonly unitOfWork: UnitOfWork<'passkeys' | 'audit'>;
}

/**
 * Gives a passkey another name.
 * @param input.name as it was typed
 * @throws {DomainError} `invalid_input` naming `name`, `not_found`
 */
export async function renamePasskey(
  { unitOfWork }: RenamePasskeyDeps,
  input: { readonly accountId: string; readonly passkeyId: string; readonly name: string },
): Promise<void> {
  const name = readPasskeyName(input.name);
  await unitOfWork.run(async ({ passkeys, audit }) => {
    if (!(await passkeys.rename(input.accountId, input.passkeyId, name))) throw passkeyNotFound();
    audit.record({
      type: 'passkey.renamed',
      subject: { kind: 'user', id: input.accountId },
      details: { passkey: input.passkeyId },
    });
  });
}
