export const SIGN_UP_MODES = ['off', 'open', 'invitation'] as const;
/** Who may create an account: nobody, anybody, or whoever an administrator has invited. */
export type SignUpMode = (typeof SIGN_UP_MODES)[number];
