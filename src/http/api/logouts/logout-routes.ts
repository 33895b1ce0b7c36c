import { z } from 'zod';
import { logoutDeliveryInformation } from '../../../domain/logouts/logout-delivery.js';
import { listLogoutDeliveries } from '../../../domain/logouts/list-logout-deliveries.js';
import { retryLogout } from '../../../domain/logouts/retry-logout.js';
import type { ApiDeps } from '../api-deps.js';
import { pageOf, pageQuery } from '../framework/cursor.js';
import { pageAnswer, readPage } from '../framework/list-page.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';

const TAG = 'sessions';
const timestamp = z.iso.datetime({ offset: true });
const state = z.enum(['pending', 'dead']);

const deliverySchema = z
  .strictObject({
    id: z.uuid(),
    client_id: z.string(),
    user_id: z.string(),
    state: state.describe('`dead`: given up after the last try.'),
    attempts: z.int(),
    next_attempt_at: timestamp.nullable(),
    last_failure: z.string().nullable(),
    created_at: timestamp,
  })
  .meta({ title: 'Logout delivery' });

/** Back-channel logouts that did not arrive yet. */
export function logoutRoutes({ stores, clock }: Pick<ApiDeps, 'stores' | 'clock'>): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/logout-deliveries',
      operationId: 'listLogoutDeliveries',
      tag: TAG,
      summary: 'List applications that are still to be told of a logout, the newest first',
      description: 'What was delivered is not listed.',
      access: ['events:read'],
      query: z.strictObject({ ...pageQuery, state: state.optional() }),
      success: { status: 200, description: 'A page of deliveries.', schema: pageOf(deliverySchema) },
      async handle({ query: { cursor, limit, state: wanted } }) {
        const page = await readPage(cursor, (after) =>
          listLogoutDeliveries(stores, { limit, after, state: wanted }),
        );
        return { body: pageAnswer(page.deliveries.map(logoutDeliveryInformation), page.next) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/logout-deliveries/{id}/retries',
      operationId: 'retryLogoutDelivery',
      tag: TAG,
      summary: 'Tell an application again of a logout, now',
      access: ['sessions:write'],
      params: z.strictObject({ id: z.uuid() }),
      success: { status: 204, description: 'It is tried again.' },
      refusals: [404],
      async handle({ params }) {
        await retryLogout({ logoutQueue: stores.logoutQueue, clock }, params.id);
        return {};
      },
    }),
  ];
}
