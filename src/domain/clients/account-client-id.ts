/** The client by which people sign in to the pages of their own account. */
export const ACCOUNT_CLIENT_ID = 'latchkey-account';
