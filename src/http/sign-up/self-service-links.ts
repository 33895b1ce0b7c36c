import type { CurrentInteraction } from '../../provider/interactions.js';
import type { SelfServiceDeps } from './self-service-deps.js';

/** The ways on that the login page offers besides. */
export function selfServiceLinks(
  { selfService }: { readonly selfService?: SelfServiceDeps | undefined },
  { uid }: Pick<CurrentInteraction, 'uid'>,
): { readonly signUpUri: string | undefined; readonly forgotPasswordUri: string | undefined } {
  return {
    signUpUri: selfService?.isOpen === true ? `/interaction/${uid}/sign-up` : undefined,
    forgotPasswordUri: selfService?.hasMail === true ? `/interaction/${uid}/forgot-password` : undefined,
  };
}
