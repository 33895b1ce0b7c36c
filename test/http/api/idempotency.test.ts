import type { Context } from 'koa';
import {
  withIdempotency,
  type EarlierRequest,
  type IdempotencyStore,
} from '../../../src/http/api/framework/idempotency.js';

const caller = {
  accountId: undefined,
  clientId: 'robot',
  permissions: new Set<never>(),
  mayUseOwnAccount: false,
};
const sent = {
  ctx: { method: 'POST', path: '/api/v1/roles' } as Context,
  caller,
  body: { name: 'once' },
  successStatus: 201,
};

function storeWith(earlier: EarlierRequest) {
  const told: unknown[] = [];
  const store: IdempotencyStore = {
    claim: () => Promise.resolve(earlier),
    finish: (_key, answer) => Promise.resolve(void told.push(answer)),
    release: () => Promise.resolve(void told.push('released')),
    purge: () => Promise.resolve(0),
  };
  return { store, told };
}

describe('Idempotency-Key (draft-ietf-httpapi-idempotency-key-header-07 §2.6)', () => {
  it('refuses a second request while the first is under way', async () => {
    const { store } = storeWith({ state: 'in_flight' });
    const run = withIdempotency(store, 'key', sent, () => Promise.reject(new Error('carried out twice')));
    await expect(run).rejects.toMatchObject({ problem: { status: 409, code: 'idempotency_key_in_use' } });
  });

  it('keeps the status of the route and no secret', async () => {
    const { store, told } = storeWith({ state: 'none' });
    const answer = { body: { id: 'a', client_secret: 'lk_cs_secret' }, secrets: ['client_secret'] };
    await withIdempotency(store, 'key', { ...sent, successStatus: 202 }, () => Promise.resolve(answer));
    expect(told).toEqual([{ status: 202, body: { id: 'a' }, headers: {} }]);
  });

  it('gives the key back when the request was not carried out', async () => {
    const { store, told } = storeWith({ state: 'none' });
    const run = withIdempotency(store, 'key', sent, () => Promise.reject(new Error('refused')));
    await expect(run).rejects.toThrow('refused');
    expect(told).toEqual(['released']);
  });

  it('does not give the key back when only the answer could not be kept', async () => {
    const { store, told } = storeWith({ state: 'none' });
    const failing = { ...store, finish: () => Promise.reject(new Error('the database is away')) };
    const run = withIdempotency(failing, 'key', sent, () => Promise.resolve({}));
    await expect(run).rejects.toThrow('the database is away');
    expect(told).toEqual([]);
  });
});
