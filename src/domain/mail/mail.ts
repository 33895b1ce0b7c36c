/** What somebody is told about their account, whoever caused it. */
export type AccountNotice =
  | 'password_changed'
  | 'email_changed'
  | 'passkey_added'
  | 'passkey_removed'
  | 'totp_added'
  | 'totp_removed'
  | 'recovery_codes_made'
  | 'recovery_code_used'
  | 'signed_out_everywhere'
  | 'upstream_linked'
  | 'upstream_unlinked'
  | 'deletion_requested'
  | 'deletion_cancelled'
  | 'account_deleted';

/** Every mail that this provider sends, with what it says. Links are absolute, made from the issuer. */
export interface Mails {
  /** Finish signing up; the code is for typing it into the page that waits for it. */
  readonly registration: { readonly link: string; readonly code: string; readonly hours: number };
  /** Somebody signed up with an address that has an account. */
  readonly 'registration-existing': { readonly signInLink: string; readonly resetLink: string };
  readonly invitation: { readonly link: string; readonly hours: number };
  readonly 'email-verification': { readonly link: string; readonly hours: number };
  /** Goes to the new address. */
  readonly 'email-change': { readonly link: string; readonly hours: number };
  readonly 'password-reset': { readonly link: string; readonly minutes: number };
  readonly 'sign-in-link': {
    readonly link: string;
    readonly minutes: number;
    readonly clientName?: string | undefined;
  };
  /** An application asks for something that the person allows or denies on a page (CIBA). */
  readonly 'approval-request': {
    readonly link: string;
    readonly clientName: string;
    /** What stands at the device that asks too. */
    readonly message?: string | undefined;
    /** RFC 3339. */
    readonly until: string;
    readonly minutes: number;
  };
  readonly notice: {
    readonly notice: AccountNotice;
    /** RFC 3339. */
    readonly at: string;
    /** What it was about, for instance the name of a passkey. */
    readonly subject?: string | undefined;
    /** Where the person looks after it: the account's page. */
    readonly link: string;
  };
}

/** One mail to one person. */
export interface Mail<Kind extends keyof Mails = keyof Mails> {
  readonly kind: Kind;
  /** An email address. */
  readonly to: string;
  /** BCP 47 tag of the language that the person reads, or undefined where nobody knows. */
  readonly locale: string | undefined;
  readonly values: Mails[Kind];
  /** Whose mail it is, where there is an account. */
  readonly accountId?: string | undefined;
}

/**
 * The mails that a unit of work sends: they go out if and only if it is committed.
 * @see https://microservices.io/patterns/data/transactional-outbox.html
 */
export interface MailOutbox {
  add<Kind extends keyof Mails>(mail: Mail<Kind>): Promise<void>;
}
