/** Where people see and change their links with other providers, relative to the issuer. */
export const LINKED_ACCOUNTS_PATH = '/account/linked-accounts';
