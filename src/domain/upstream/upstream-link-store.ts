/** A person of another provider, linked with an account here. */
export interface UpstreamLink {
  /** UUIDv7. */
  readonly id: string;
  readonly accountId: string;
  /** Of the provider at the time of linking. */
  readonly providerId: string;
  readonly issuer: string;
  readonly subject: string;
  /** The address that the provider told at the time of linking. */
  readonly email: string | undefined;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | undefined;
}

/** Where links live. */
export interface UpstreamLinkStore {
  find(issuer: string, subject: string): Promise<UpstreamLink | undefined>;
  /** The oldest first. */
  list(accountId: string): Promise<readonly UpstreamLink[]>;
  /** @returns false where the person is linked already */
  insert(link: UpstreamLink): Promise<boolean>;
  noteUse(id: string, at: Date): Promise<void>;
  /** @returns false where the account has no such link */
  remove(accountId: string, id: string): Promise<boolean>;
}
