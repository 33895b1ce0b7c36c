import { isAccountId } from '../accounts/account-id.js';
import type { Clock } from '../clock.js';
import { refuseIfFaulty } from '../errors.js';
import type { Invitation, InvitationStore } from './invitation.js';

export interface ListInvitationsDeps {
  readonly invitations: Pick<InvitationStore, 'list'>;
  readonly clock: Clock;
}

/**
 * The invitations that wait, the oldest first.
 * @param input.limit 1 to 200; default 50
 * @param input.after the id of the last one of the page before
 * @throws {DomainError} `invalid_input` naming `after`
 */
export async function listInvitations(
  { invitations, clock }: ListInvitationsDeps,
  { limit = 50, after }: { readonly limit?: number | undefined; readonly after?: string | undefined },
): Promise<{ readonly invitations: readonly Invitation[]; readonly next: string | undefined }> {
  if (after !== undefined && !isAccountId(after)) {
    const detail = 'after must be the id of the last invitation of the page before.';
    refuseIfFaulty([{ field: 'after', code: 'cursor_invalid', detail }]);
  }
  const found = await invitations.list({ at: clock.now(), limit: limit + 1, after });
  const page = found.slice(0, limit);
  return { invitations: page, next: found.length > limit ? page.at(-1)?.id : undefined };
}
