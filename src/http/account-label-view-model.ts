/** Who is signed in, as that person knows the account: an email address or a username. */
export interface AccountLabel {
  readonly label: string;
}
