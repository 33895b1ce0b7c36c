export const TOTP_PATH = '/account/totp';
export const RECOVERY_CODES_PATH = '/account/recovery-codes';
