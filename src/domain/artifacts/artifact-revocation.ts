/** Ends what the protocol has issued, from the side of the accounts and clients that it was issued for. */
export interface ArtifactRevocation {
  /**
   * Ends every session, grant, token and code of the account, and its link to reset the password.
   * @returns how many artifacts were removed
   */
  revokeAccount(accountId: string): Promise<number>;
  /** Ends every grant, token and code of the client. @returns how many artifacts were removed */
  revokeClient(clientId: string): Promise<number>;
}
