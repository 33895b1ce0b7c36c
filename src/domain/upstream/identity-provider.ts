/** Under which names a provider tells what is known about a person; a provider of OpenID Connect has its `sub` always. */
export interface UpstreamClaimNames {
  readonly subject: string;
  readonly email: string;
  readonly emailVerified: string;
  readonly name: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly locale: string;
}

/** Endpoints of a provider without discovery. */
export interface OAuthEndpoints {
  readonly authorization: string;
  readonly token: string;
  readonly userinfo: string;
  /** Lists a person's addresses as GitHub does: `[{ email, primary, verified }]`. */
  readonly emails: string | undefined;
}

/** Another provider, by which people can sign in here. */
export interface IdentityProvider {
  /** Part of the address that it sends people back to, and of links in the database. */
  readonly id: string;
  readonly name: string;
  readonly type: 'oidc' | 'oauth2';
  /** Of `oidc`: where its discovery document is. Of `oauth2`: the authorization endpoint, within which subjects are unique. */
  readonly issuer: string;
  /** Only of `oauth2`. */
  readonly endpoints: OAuthEndpoints | undefined;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
  readonly claims: UpstreamClaimNames;
  /** Whether its word counts that an address is verified: never, when it says so, or for every address that it tells. */
  readonly trustEmail: 'never' | 'when_said' | 'always';
  /** Only people with verified addresses of these domains, `example.org` or `*.example.org`; empty: everybody. */
  readonly emailDomains: readonly string[];
  /** Whether somebody without an account here gets one. */
  readonly signUp: boolean;
  /** Whether its `amr` is passed on to apps. */
  readonly trustAmr: boolean;
  /** Whether a new sign-in, where one is asked for, has to be shown by `auth_time`, or is taken for granted. */
  readonly freshSignIn: 'check' | 'assume';
  /** Whether people who sign out here are shown the way to sign out there. */
  readonly logout: boolean;
  /** Whether the provider is asked to send them back then: it knows the address. */
  readonly logoutReturn: boolean;
  /** Without a button, except for apps that name it. */
  readonly hidden: boolean;
  /** Whether it may be on a private network. */
  readonly privateNetwork: boolean;
}

/**
 * The providers by which people may sign in to an app, in the order of the configuration.
 * @param allowed ids that the app names; absent: all that are not hidden
 */
export function allowedProviders(
  providers: readonly IdentityProvider[],
  allowed: readonly string[] | undefined,
): readonly IdentityProvider[] {
  return allowed === undefined
    ? providers.filter(({ hidden }) => !hidden)
    : providers.filter(({ id }) => allowed.includes(id));
}

/** Whether the provider can show that a person signed in just now. */
export function canSignInAfresh({ type, freshSignIn }: IdentityProvider): boolean {
  return freshSignIn === 'assume' || type === 'oidc';
}
