import type { Account } from '../accounts/account.js';
import { ACCOUNT_CLIENT_ID } from '../clients/account-client.js';

/**
 * Whether an account may not sign in to a client before its email address is verified. The pages of the account are open
 * to everybody, since people correct their address there.
 * @param input.byDeployment what the operator demands for all applications
 */
export function lacksVerifiedEmail(
  { emailVerified }: Pick<Account, 'emailVerified'>,
  input: {
    readonly clientId: string;
    readonly byDeployment: boolean;
    readonly byClient: boolean;
  },
): boolean {
  const isDemanded = input.clientId !== ACCOUNT_CLIENT_ID && (input.byDeployment || input.byClient);
  return isDemanded && !emailVerified;
}
