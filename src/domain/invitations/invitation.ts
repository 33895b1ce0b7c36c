import { createHash } from 'node:crypto';

/** Seconds that an invitation waits. */
export const INVITATION_SECONDS = 7 * 24 * 60 * 60;
/** Where its page stands, below the issuer; the token is the next segment. */
export const INVITATION_PATH = '/invitation';

/** Who is invited to what, kept sealed. */
export interface InvitationContent {
  readonly email: string;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  /** BCP 47 tag of the language that the person reads. */
  readonly locale?: string | undefined;
  /** Names of the roles that the account gets. */
  readonly roles: readonly string[];
  /** The client to go on to. */
  readonly clientId?: string | undefined;
}

/** An invitation that waits. Whoever reads the store cannot accept it. */
export interface Invitation {
  /** UUIDv7. */
  readonly id: string;
  /** Keyed, of the address in the form for comparison. */
  readonly emailHash: Buffer;
  /** Of the token in the mail's link. */
  readonly tokenHash: Buffer;
  readonly content: InvitationContent;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Where invitations live: at most one for each address. */
export interface InvitationStore {
  /** Keeps it in the place of an earlier one of the same address, which ends. */
  replace(invitation: Invitation): Promise<void>;
  findByToken(tokenHash: Buffer, at: Date): Promise<Invitation | undefined>;
  /** Those that wait, the oldest first, behind this id; at most `limit` of them. */
  list(query: {
    readonly at: Date;
    readonly limit: number;
    readonly after?: string | undefined;
  }): Promise<readonly Invitation[]>;
  /** Uses it up or takes it back, atomically. @returns whether it was still there and had not expired */
  redeem(id: string, at: Date): Promise<boolean>;
  /** Removes what has expired at that time. @returns how many */
  purge(at: Date): Promise<number>;
}

/** What is stored of a token. It has 256 random bits, so a plain hash of it cannot be searched. */
export function hashInvitationToken(token: string): Buffer {
  return createHash('sha256').update('latchkey invitation\0').update(token).digest();
}
