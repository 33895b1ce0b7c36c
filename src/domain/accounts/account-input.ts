import type { FieldFault } from '../errors.js';
import { emailFaults } from './email-address.js';
import { usernameFaults } from './username.js';

/** What identifies an account and what it may do, as somebody enters it; absent parts are not checked. */
export interface AccountInput {
  readonly email?: string | undefined;
  readonly username?: string | undefined;
  readonly roles?: readonly string[] | undefined;
}

const ROLE = /^[a-z][a-z0-9_.:-]{0,63}$/;

/** The faults of whatever parts are given. */
export function accountInputFaults(input: AccountInput): readonly FieldFault[] {
  return [
    ...(input.email === undefined ? [] : emailFaults(input.email)),
    ...(input.username === undefined ? [] : usernameFaults(input.username)),
    ...(input.roles ?? []).flatMap((role, index) =>
      ROLE.test(role)
        ? []
        : [
            {
              field: `roles/${index}`,
              code: 'role_invalid',
              detail:
                'A role is named with 1 to 64 lower-case letters, digits and the signs _ . : - after a letter.',
            },
          ],
    ),
  ];
}

/** Each role once, in a fixed order. */
export function tidyRoles(roles: readonly string[]): readonly string[] {
  return [...new Set(roles)].sort();
}
