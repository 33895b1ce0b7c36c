import type { Account } from '../accounts/account.js';
import { levelOfAcr, strongest, type AuthenticationLevel } from './authentication-level.js';

export const SECOND_FACTOR_POLICIES = ['off', 'optional', 'required'] as const;
/** Who is asked for a second factor: nobody, whoever has one, or everybody. */
export type SecondFactorPolicy = (typeof SECOND_FACTOR_POLICIES)[number];

/** What the operator has decided about second factors. */
export interface SecondFactorSettings {
  readonly policy: SecondFactorPolicy;
  /** Whoever has one of these roles is always asked. */
  readonly roles: readonly string[];
  /** Days for which a browser may be remembered; 0: never. */
  readonly rememberDays: number;
}

/** What a request says about how the person has to sign in. */
export interface RequestedAuthentication {
  /** It fails unless one of these is reached; undefined: nothing is essential. @see OpenID Connect Core 1.0 §5.5.1.1 */
  readonly essential: readonly string[] | undefined;
  /** The most wanted first; it goes on also where none is reached. */
  readonly voluntary: readonly string[];
}

/** What a sign-in has to reach. */
export interface SignInRequirement {
  /** By deployment and role: a remembered device will do. */
  readonly policy: SecondFactorPolicy;
  /** By the client, or as essential: nothing else will do. */
  readonly demanded: AuthenticationLevel | undefined;
  /** Any of these, the most wanted first, where the account can. */
  readonly preferred: readonly AuthenticationLevel[];
}

/** The strongest of what deployment, role, client and request ask for. */
export function signInRequirement(input: {
  readonly settings: SecondFactorSettings;
  readonly account: Pick<Account, 'effectiveRoles'>;
  readonly clientRequiresSecondFactor: boolean;
  readonly requested: RequestedAuthentication;
}): SignInRequirement {
  const { settings, account, requested } = input;
  const hasRole = account.effectiveRoles.some((role) => settings.roles.includes(role));
  return {
    policy: hasRole ? 'required' : settings.policy,
    demanded: strongest(
      input.clientRequiresSecondFactor ? 'multi' : undefined,
      // Of several essential ones any will do, so the least is demanded.
      levelsOf(requested.essential ?? []).sort((a, b) => (strongest(a, b) === a ? 1 : -1))[0],
    ),
    preferred: levelsOf(requested.voluntary),
  };
}

/** Whether it asks for nothing that this provider could ever reach. */
export function cannotBeMet({ essential }: RequestedAuthentication): boolean {
  return essential !== undefined && levelsOf(essential).length === 0;
}

/** The levels of the references that this provider knows, in their order. */
export function levelsOf(acrValues: readonly string[]): AuthenticationLevel[] {
  return acrValues.map((acr) => levelOfAcr(acr)).filter((level) => level !== undefined);
}
