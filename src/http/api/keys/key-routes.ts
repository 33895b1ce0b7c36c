import { z } from 'zod';
import { removeSigningKey } from '../../../domain/signing-keys/remove-signing-key.js';
import { rotateSigningKeys } from '../../../domain/signing-keys/rotate-signing-keys.js';
import {
  SIGNING_ALGORITHMS,
  signingKeyStatus,
  type SigningKey,
} from '../../../domain/signing-keys/signing-key.js';
import type { ApiDeps } from '../api-deps.js';
import { pageOf } from '../framework/cursor.js';
import { unlessGone } from '../framework/gone.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';

const TAG = 'keys';
const timestamp = z.iso.datetime({ offset: true });

const keySchema = z
  .strictObject({
    kid: z.string().describe('RFC 7638 thumbprint.'),
    algorithm: z.enum(SIGNING_ALGORITHMS),
    status: z
      .enum(['published', 'signing', 'retired'])
      .describe('`published`: known, and signs later. `retired`: verifies only.'),
    created_at: timestamp,
    signs_from: timestamp,
    retired_at: timestamp
      .nullable()
      .describe('Until then it signs; null: no other key is to take its place yet.'),
  })
  .meta({ title: 'Signing key' });

const rotationSchema = z
  .strictObject({
    algorithms: z
      .array(z.enum(SIGNING_ALGORITHMS))
      .min(1)
      .max(SIGNING_ALGORITHMS.length)
      .optional()
      .describe('Default: all.'),
    immediately: z
      .boolean()
      .optional()
      .describe('The new keys sign at once: for keys that others know. Default: false.'),
  })
  .meta({ title: 'Rotation of signing keys' });

/** The keys by which this provider signs; private parts never leave it. */
export function keyRoutes(deps: ApiDeps): readonly ApiRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/keys',
      operationId: 'listKeys',
      tag: TAG,
      summary: 'List signing keys',
      description: 'All that are published, newest first.',
      access: ['keys:write'],
      success: { status: 200, description: 'The keys.', schema: pageOf(keySchema) },
      async handle() {
        const keys = await deps.stores.signingKeys.list();
        return { body: { data: keys.map((key) => presentKey(key, deps.clock.now())), next_cursor: null } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/keys/rotations',
      operationId: 'rotateKeys',
      tag: TAG,
      summary: 'Rotate signing keys',
      description:
        'New keys are published now and sign a while later, so that applications know them by then; the earlier ones ' +
        'stay published for what they signed. `409 rotation_pending` where new keys are about to sign already.',
      access: ['keys:write'],
      body: rotationSchema,
      success: { status: 201, description: 'The new keys.', schema: pageOf(keySchema) },
      refusals: [409],
      async handle({ body, origin }) {
        const scoped = { ...deps, unitOfWork: deps.unitsOfWork.from(origin) };
        const made = await rotateSigningKeys(scoped, body);
        return { body: { data: made.map((key) => presentKey(key, deps.clock.now())), next_cursor: null } };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/keys/{kid}',
      operationId: 'removeKey',
      tag: TAG,
      summary: 'Withdraw a retired key',
      description:
        'Nothing that it signed is accepted any more by whoever asks for the keys again. `409 signing_key_in_use` for a ' +
        'key that signs: rotate with `immediately` first.',
      access: ['keys:write'],
      params: z.strictObject({ kid: z.string().min(1).max(200) }),
      success: { status: 204, description: 'The key is gone, or was before.' },
      refusals: [409],
      async handle({ params, origin }) {
        await unlessGone(() =>
          removeSigningKey({ ...deps, unitOfWork: deps.unitsOfWork.from(origin) }, params.kid),
        );
        return {};
      },
    }),
  ];
}

function presentKey(key: SigningKey, at: Date) {
  const { kid, algorithm, createdAt, signsFrom, retiredAt } = key;
  return {
    kid,
    algorithm,
    status: signingKeyStatus(key, at),
    created_at: createdAt.toISOString(),
    signs_from: signsFrom.toISOString(),
    retired_at: retiredAt?.toISOString() ?? null,
  };
}
