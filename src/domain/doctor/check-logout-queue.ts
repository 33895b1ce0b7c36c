import type { LogoutDelivery } from '../logouts/logout-delivery.js';
import { fine, warning, type Finding } from './finding.js';

/** Whether applications hear of logouts. @param dead those that were given up */
export function checkLogoutQueue(dead: readonly LogoutDelivery[]): readonly Finding[] {
  if (dead.length === 0) return [fine('logouts.told', 'No application was given up on.')];
  const clients = [...new Set(dead.map(({ clientId }) => clientId))];
  return [
    warning(
      'logouts.dead',
      `${dead.length} logouts did not reach their applications and were given up (${clients.slice(0, 5).join(', ')}).`,
      'See why: latchkey logout list --state dead, mend it, and tell them again: latchkey logout retry <id>',
    ),
  ];
}
