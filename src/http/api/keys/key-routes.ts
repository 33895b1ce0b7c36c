import { z } from 'zod';
import { rotateSigningKeys } from '../../../domain/signing-keys/rotate-signing-keys.js';
import { SIGNING_ALGORITHMS, type SigningKey } from '../../../domain/signing-keys/signing-key.js';
import type { ApiDeps } from '../api-deps.js';
import { pageOf } from '../framework/cursor.js';
import { defineRoute, type ApiRoute } from '../framework/route.js';

const TAG = 'keys';
const timestamp = z.iso.datetime({ offset: true });

const keySchema = z
  .strictObject({
    kid: z.string().describe('RFC 7638 thumbprint.'),
    algorithm: z.enum(SIGNING_ALGORITHMS),
    created_at: timestamp,
    retired_at: timestamp.nullable().describe('Since then it verifies only; null: it signs.'),
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
        return { body: { data: keys.map(presentKey), next_cursor: null } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/keys/rotations',
      operationId: 'rotateKeys',
      tag: TAG,
      summary: 'Rotate signing keys',
      description: 'New keys sign from now on; the earlier ones stay published for what they signed.',
      access: ['keys:write'],
      body: rotationSchema,
      success: { status: 201, description: 'The new keys.', schema: pageOf(keySchema) },
      async handle({ body, origin }) {
        const scoped = { ...deps, unitOfWork: deps.unitsOfWork.from(origin) };
        const made = await rotateSigningKeys(scoped, body.algorithms);
        return { body: { data: made.map(presentKey), next_cursor: null } };
      },
    }),
  ];
}

function presentKey({ kid, algorithm, createdAt, retiredAt }: SigningKey) {
  return {
    kid,
    algorithm,
    created_at: createdAt.toISOString(),
    retired_at: retiredAt?.toISOString() ?? null,
  };
}
