import type { ChallengeMethod } from '../domain/sign-in/next-sign-in-step.js';
import type { PasskeyFault, PasskeyForm } from './passkey-view-models.js';
import type { FormTarget } from './form-target.js';
import type { AccountPage } from './account-view-models.js';
import type { AccountLabel } from './account-label-view-model.js';

/** Why a sign-in asks for more, in the words of a person. */
export type SecondFactorReason =
  /** The account has a second factor. */
  | 'own'
  /** The operator asks everybody, or holders of a role. */
  | 'policy'
  /** The app asks for it. */
  | 'client';

/** What every page of a second step has: who it is about, and the ways out. */
interface SecondStep extends FormTarget {
  readonly clientName: string;
  readonly account: AccountLabel;
  readonly reason: SecondFactorReason;
  /** Posting there gives up, and tells the app so. */
  readonly cancelAction: string;
  /** Posting there begins anew with another account. */
  readonly switchAccountAction: string;
}

/** The ways to prove a second factor, the best first: each button opens its page. */
export interface SecondFactorView extends SecondStep {
  readonly methods: readonly { readonly method: ChallengeMethod; readonly address: string }[];
}

/** Why a code was not taken. */
export type CodeFault = 'code_missing' | 'code_wrong' | 'too_many_attempts';

/** A code of an authenticator, or a recovery code: posts `code`, and `remember=1`. */
export interface SecondFactorCodeView extends SecondStep {
  readonly method: 'totp' | 'recovery_code';
  readonly fault?: CodeFault | undefined;
  /** Whole minutes, at least 1; only with `too_many_attempts`. */
  readonly retryAfterMinutes?: number | undefined;
  /** Days for which this browser can be remembered; absent: it cannot. */
  readonly rememberDays?: number | undefined;
  /** Another way than this one. */
  readonly otherWay?: { readonly address: string; readonly method: 'recovery_code' | 'list' } | undefined;
}

/** Adds a passkey within a sign-in: what the script posts is `credential`. */
export interface NewPasskey extends PasskeyForm {
  readonly fault?: PasskeyFault | undefined;
}

/** The app wants a passkey and the account has none: adds one. */
export interface PasskeyNeededView extends SecondStep {
  readonly passkey: NewPasskey;
  /** Where passkeys are added in the account. */
  readonly passkeysUri: string;
}

/** A recovery code was used: posts nothing, to go on. */
export interface RecoveryCodeUsedView extends FormTarget {
  readonly clientName: string;
  readonly left: number;
}

/** Sets up an authenticator: posts `code` and `name`. Within a sign-in a passkey will do instead. */
export interface TotpSetupView extends FormTarget {
  /** Address of the QR code. */
  readonly qrUri: string;
  /** The key in groups, for typing. */
  readonly key: string;
  /** Opens an authenticator on this device. */
  readonly otpauthUri: string;
  readonly name: string;
  readonly fault?: 'code_missing' | 'code_wrong' | 'expired' | undefined;
  /** Within a sign-in. */
  readonly signIn?: Omit<SecondStep, 'action' | 'csrf'> | undefined;
  /** Within a sign-in: the other way. */
  readonly passkey?: NewPasskey | undefined;
  /** The way back to the account. */
  readonly backUri?: string | undefined;
  /** It takes the place of another one. */
  readonly replaces?: boolean | undefined;
}

/** New recovery codes, shown once: posts `codes` and `saved=1`. */
export interface RecoveryCodesView extends FormTarget {
  readonly codes: readonly string[];
  readonly downloadAction: string;
  readonly fault?: 'not_saved' | undefined;
  readonly clientName?: string | undefined;
}

/** The account's authenticator. */
export interface AccountTotpView extends AccountPage {
  /** Absent: there is none. */
  readonly authenticator?:
    | {
        readonly name: string;
        /** RFC 3339. */
        readonly addedAt: string;
        readonly lastUsedAt?: string | undefined;
      }
    | undefined;
  readonly setupUri: string;
  readonly removeUri: string;
  readonly recoveryCodesUri: string;
  readonly codesLeft: number;
}

/** Asks before the authenticator is taken away. */
export interface AccountTotpRemoveView extends FormTarget, AccountPage {
  readonly backUri: string;
  /** It is the last second factor, so the recovery codes go too. */
  readonly isLast: boolean;
}

/** How many recovery codes are left: posts nothing, to make new ones. */
export interface AccountRecoveryCodesView extends FormTarget, AccountPage {
  readonly left: number;
  /** RFC 3339; absent: there are none. */
  readonly madeAt?: string | undefined;
  /** Without another second factor they are of no use. */
  readonly usable: boolean;
  readonly totpUri: string;
}
