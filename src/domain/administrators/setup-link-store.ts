/** The single-use link by which the first administrator sets up their account. At most one is live. */
export interface SetupLinkStore {
  /** Replaces the live link. @param tokenHash hash of its token; the token itself is stored nowhere */
  replace(tokenHash: Buffer, expiresAt: Date): Promise<void>;
  /** Whether the link is live at that time and its token matches; it stays live. */
  matches(tokenHash: Buffer, at: Date): Promise<boolean>;
  /** Uses the link up, atomically. @returns whether it was live at that time and matched */
  redeem(tokenHash: Buffer, at: Date): Promise<boolean>;
  /** Whether a link is live at that time. */
  isLive(at: Date): Promise<boolean>;
}
