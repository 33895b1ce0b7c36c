import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { PROJECT } from '../support/server-process.js';
import { parseDockerfile } from './dockerfile.js';

async function ours() {
  const stages = parseDockerfile(await readFile(path.join(PROJECT, 'Dockerfile'), 'utf8'));
  const image = stages.at(-1);
  if (image === undefined) throw new Error('There is no image.');
  return { stages, image };
}

describe('the Dockerfile', () => {
  test('builds in one stage, and runs in another as nobody who may do anything', async () => {
    const { stages, image } = await ours();

    expect(stages.map(({ name }) => name)).toEqual(['build', undefined]);
    expect(new Set(stages.map(({ base }) => base))).toEqual(new Set(['node:22-bookworm-slim']));
    expect(image).toMatchObject({
      user: '10001:10001',
      stopSignal: 'SIGTERM',
      command: ['serve'],
      ports: ['3000'],
      env: { NODE_ENV: 'production' },
    });
    expect(image.healthCheck).toHaveLength(3);
    expect(Object.keys(image.labels)).toContain('org.opencontainers.image.licenses');
  });

  test('copies nothing from the context that .dockerignore leaves out', async () => {
    const { stages } = await ours();
    const lines = (await readFile(path.join(PROJECT, '.dockerignore'), 'utf8')).split('\n');
    const allowed = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    const copied = stages
      .flatMap(({ steps }) => steps)
      .flatMap((step) => (step.kind === 'copy' && step.from === undefined ? step.sources : []));

    expect(lines.filter((line) => line !== '' && !/^[#!]/.test(line))).toEqual(['*']);
    expect([...copied].sort()).toEqual([...allowed].sort());
  });
});

describe('compose.yaml', () => {
  test('starts the server after the migration, unprivileged, with its secrets in files', async () => {
    const compose = parse(await readFile(path.join(PROJECT, 'compose.yaml'), 'utf8')) as {
      services: Record<string, Record<string, unknown>>;
      secrets: Record<string, unknown>;
    };
    const { latchkey, migrate, redis } = compose.services;

    expect(latchkey).toMatchObject({
      depends_on: { migrate: { condition: 'service_completed_successfully' } },
      read_only: true,
      cap_drop: ['ALL'],
      stop_grace_period: '35s',
      environment: { SECRET_KEY_FILE: '/run/secrets/secret-key' },
    });
    expect(migrate).toMatchObject({ command: ['migrate'], environment: latchkey?.environment });
    expect(redis?.profiles).toEqual(['redis']);
    const named = Object.values(compose.services).flatMap(({ secrets = [] }) => secrets as string[]);
    expect([...new Set(named)].sort()).toEqual(Object.keys(compose.secrets).sort());
    expect(JSON.stringify(compose)).not.toMatch(/PASSWORD":|SECRET_KEY":/);
  });
});

describe('parseDockerfile', () => {
  test.each([
    ['ADD x y', /ADD is not known here/],
    ['RUN --mount=type=cache,target=/x npm ci', /options that are not known/],
    ['RUN one && \\', /continued lines/],
    ['COPY --chown=1 a b', /COPY is not understood/],
    ['ENV A=$B', /only NAME=value/],
    ['WORKDIR here', /absolute path/],
    ['USER node', /uid:gid/],
    ['CMD npm start', /JSON|exec form/],
    ['run x', /this is not known here/],
    ['ARG X=1', /ARG is known only before/],
    ['FROM ${OTHER}', /there is no ARG OTHER/],
  ])('refuses %s, naming the line', (line, message) => {
    expect(() => parseDockerfile(`FROM a:1\n\n${line}\n`)).toThrow(message);
    expect(() => parseDockerfile(`FROM a:1\n\n${line}\n`)).toThrow(/^Dockerfile, line 3: /);
  });

  test('refuses what stands before the first FROM, and an empty file', () => {
    expect(() => parseDockerfile('RUN x')).toThrow(/before the first FROM/);
    expect(() => parseDockerfile('# nothing\n')).toThrow(/no FROM/);
  });
});
