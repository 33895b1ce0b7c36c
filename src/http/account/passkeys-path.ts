/** Where people see and change their passkeys. */
export const PASSKEYS_PATH = '/account/passkeys';
