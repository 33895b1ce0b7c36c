import { requestId, requestIdOf } from '../../../src/http/middlewares/request-id.js';
import { useHttpApps } from '../../support/http-app.js';

const serve = useHttpApps();

const serveIds = () =>
  serve(requestId, (ctx) => {
    ctx.body = requestIdOf(ctx);
  });

test('gives each request an id of its own, in the answer as in the state', async () => {
  const app = await serveIds();
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.ask('/')));
  expect(new Set(answers.map(({ body }) => body)).size).toBe(20);
  for (const { body, headers } of answers) {
    expect(body).toMatch(/^[\w-]{12}$/);
    expect(headers['x-request-id']).toBe(body);
  }
});

test.each(['x-request-id', 'x-correlation-id', 'request-id', 'traceparent'])(
  'takes no id from outside by %s',
  async (header) => {
    const app = await serveIds();
    const { body, headers } = await app.ask('/', { headers: { [header]: 'chosen-by-me' } });
    expect(body).not.toBe('chosen-by-me');
    expect(headers['x-request-id']).toBe(body);
  },
);

test('answers nothing where no request has one', () => {
  expect(requestIdOf({ state: {} })).toBe('');
});
