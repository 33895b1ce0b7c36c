import type { Middleware } from 'koa';
import type { ArtifactKey, ArtifactWrite } from '../../../src/domain/artifacts/artifact.js';
import type { ArtifactStore } from '../../../src/domain/artifacts/artifact-store.js';
import { DomainError } from '../../../src/domain/errors.js';
import { artifactUnit } from '../../../src/http/middlewares/artifact-unit.js';
import { errorHandler } from '../../../src/http/middlewares/error-handler.js';
import { requestId } from '../../../src/http/middlewares/request-id.js';
import { ArtifactUnits } from '../../../src/provider/artifact-units.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createRecordingLogger, testPages, useHttpApps } from '../../support/http-app.js';
import { createInMemoryArtifactStore } from '../../support/in-memory-artifact-store.js';

const serve = useHttpApps();
const CODE: ArtifactKey = { model: 'AuthorizationCode', id: 'code-1' };
const TOKEN: ArtifactKey = { model: 'AccessToken', id: 'token-1' };

function artifact({ model, id }: ArtifactKey): ArtifactWrite {
  return {
    model,
    id,
    payload: { jti: id },
    grantId: undefined,
    accountId: undefined,
    clientId: 'shop',
    uid: undefined,
    userCode: undefined,
    sessionUid: undefined,
    expiresAt: undefined,
  };
}

async function serveUnits(answer: (units: ArtifactUnits) => Middleware, over: Partial<ArtifactStore> = {}) {
  const store = { ...createInMemoryArtifactStore(createFakeClock()), ...over };
  const units = new ArtifactUnits(store);
  const logger = createRecordingLogger();
  const app = await serve(
    requestId,
    errorHandler(testPages, logger),
    artifactUnit(units, () => Promise.resolve({ kind: 'refuse' })),
    answer(units),
  );
  return { app, units, isStored: async (key: ArtifactKey) => (await store.find(key)) !== undefined };
}

describe('after an answer of', () => {
  test.each([200, 204, 303, 400, 401, 404, 422, 429, 499])('%i everything is written', async (status) => {
    const { app, isStored } = await serveUnits((units) => (ctx) => {
      units.current()?.upsert(artifact(TOKEN));
      ctx.status = status;
      if (status !== 204) ctx.body = 'answered';
    });
    expect((await app.ask('/')).status).toBe(status);
    expect(await isStored(TOKEN)).toBe(true);
  });

  test.each([500, 501, 503])('%i nothing is written', async (status) => {
    const { app, isStored } = await serveUnits((units) => (ctx) => {
      units.current()?.upsert(artifact(TOKEN));
      ctx.status = status;
      ctx.body = 'failed';
    });
    expect(await app.ask('/')).toMatchObject({ status, body: 'failed' });
    expect(await isStored(TOKEN)).toBe(false);
  });

  test.each([
    ['a failure', new Error('broken'), 500],
    ['a refusal', new DomainError('form_rejected', 'no'), 403],
  ])('%s that is thrown nothing is written', async (_, error, status) => {
    const { app, isStored } = await serveUnits((units) => () => {
      units.current()?.upsert(artifact(TOKEN));
      throw error;
    });
    expect((await app.ask('/')).status).toBe(status);
    expect(await isStored(TOKEN)).toBe(false);
  });
});

test('the answer goes out only when everything is written', async () => {
  let finishCommit: () => void = () => undefined;
  let committing: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (committing = resolve));
  const { app } = await serveUnits(
    (units) => (ctx) => {
      units.current()?.upsert(artifact(TOKEN));
      ctx.body = 'answered';
    },
    {
      commit: () =>
        new Promise((resolve) => {
          finishCommit = () => resolve({ kind: 'committed', outdated: [] });
          committing();
        }),
    },
  );
  const events: string[] = [];
  const answered = app.ask('/').then(() => events.push('answered'));
  await begun;
  events.push('written');
  finishCommit();
  await answered;
  expect(events).toEqual(['written', 'answered']);
});

test('an answer of 503 says when to try again (RFC 9110 §10.2.3)', async () => {
  const { app } = await serveUnits(() => (ctx) => {
    ctx.status = ctx.path === '/busy' ? 503 : 500;
    ctx.body = 'failed';
  });
  expect((await app.ask('/busy')).headers['retry-after']).toBe('5');
  expect((await app.ask('/broken')).headers).not.toHaveProperty('retry-after');
});

test('an answer that cannot be written down is 503 without cookies or redirect', async () => {
  const { app } = await serveUnits(
    (units) => (ctx) => {
      units.current()?.upsert(artifact(TOKEN));
      ctx.cookies.set('session', 'new');
      ctx.redirect('https://shop.example.com/callback?code=s3cret');
    },
    { commit: () => Promise.reject(new DomainError('storage_unavailable', 'The database is away.')) },
  );
  const answer = await app.ask('/');
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  expect(answer.headers).not.toHaveProperty('set-cookie');
  expect(answer.headers).not.toHaveProperty('location');
  expect(answer.json()).toMatchObject({ error: 'temporarily_unavailable' });
});

describe('a code that two requests use', () => {
  /** Holds requests until both have read the code, so that both try to use it up. */
  function serveRace() {
    let waiting = 0;
    let release: () => void = () => undefined;
    const bothHaveRead = new Promise<void>((resolve) => (release = resolve));
    return serveUnits((units) => async (ctx) => {
      const unit = units.current();
      await unit?.find(CODE);
      waiting += 1;
      if (waiting === 2) release();
      await bothHaveRead;
      unit?.consume(CODE);
      unit?.upsert(artifact({ model: 'AccessToken', id: ctx.path.slice(1) }));
      ctx.cookies.set('session', 'new');
      ctx.set('Location', 'https://shop.example.com/callback?code=s3cret');
      ctx.set('Cache-Control', 'no-store');
      ctx.body = { access_token: ctx.path.slice(1) };
    });
  }

  test('is good for one of them; the other gets invalid_grant (RFC 6749 §5.2, §4.1.2)', async () => {
    const { app, units, isStored } = await serveRace();
    await units.alone((unit) => unit.upsert(artifact(CODE)));
    const answers = await Promise.all([app.ask('/a'), app.ask('/b')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);

    const lost = answers.find(({ status }) => status === 400);
    expect(lost?.json()).toEqual({
      error: 'invalid_grant',
      error_description: 'grant request is invalid',
    });
    expect(lost?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(lost?.headers).not.toHaveProperty('set-cookie');
    expect(lost?.headers).not.toHaveProperty('location');

    const stored = await Promise.all(['a', 'b'].map((id) => isStored({ model: 'AccessToken', id })));
    expect(stored).toEqual(answers.map(({ status }) => status === 200));
  });
});

test("requests at the same time do not see each other's changes before they are written", async () => {
  let release: () => void = () => undefined;
  const secondIsDone = new Promise<void>((resolve) => (release = resolve));
  const { app } = await serveUnits((units) => async (ctx) => {
    const unit = units.current();
    if (ctx.path === '/first') {
      unit?.upsert(artifact(TOKEN));
      await secondIsDone;
    }
    ctx.body = { seen: (await unit?.find(TOKEN)) !== undefined };
  });
  const first = app.ask('/first');
  expect((await app.ask('/second')).json()).toEqual({ seen: false });
  release();
  expect((await first).json()).toEqual({ seen: true });
  expect((await app.ask('/third')).json()).toEqual({ seen: true });
});
