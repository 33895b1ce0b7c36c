import { ADMINISTRATOR_ROLE } from '../domain/accounts/account.js';
import { issueSetupLink } from '../domain/administrators/issue-setup-link.js';
import { DomainError } from '../domain/errors.js';
import type { Application } from './application.js';

/** What is to be told while there is no administrator. */
export interface FirstSetup {
  /** Absent in production: what is printed there stays in the log. */
  readonly link: string | undefined;
}

/** How to set up the first administrator; undefined once there is one. */
export async function firstSetup(application: Application): Promise<FirstSetup | undefined> {
  if (application.config.mode === 'production') {
    // A new link, which nobody would see, would end the one that an operator has made.
    const administrators = await application.stores.accounts.countEnabledWithRole(ADMINISTRATOR_ROLE);
    return administrators > 0 ? undefined : { link: undefined };
  }
  try {
    return { link: (await issueSetupLink(application, { automatic: true })).url };
  } catch (error) {
    if (error instanceof DomainError && error.code === 'setup_already_done') return undefined;
    throw error;
  }
}
