/** Ends what the protocol has issued, from the side of the accounts and clients that it was issued for. */
export interface ArtifactRevocation {
  /**
   * Ends every session, grant, token and code of the account, its link to reset the password, and that browsers are
   * remembered.
   * @param keptSessionId a session that stays, alone: the one in which its owner asks for it
   * @param keptInteractionId an interaction that stays: the sign-in in which its owner asks for it
   * @returns how many artifacts were removed, sessions and grants at least; what hangs on them may end by that alone
   */
  revokeAccount(accountId: string, keptSessionId?: string, keptInteractionId?: string): Promise<number>;
  /** Ends every grant, token and code of the client. @returns how many artifacts were removed */
  revokeClient(clientId: string): Promise<number>;
  /**
   * Ends every session, grant, token and code of all accounts and clients, links to reset passwords, and that browsers are
   * remembered. What nobody has signed in to yet goes on.
   * @returns how many artifacts were removed; what is short-lived may end by that alone
   */
  revokeEverything(): Promise<number>;
}
