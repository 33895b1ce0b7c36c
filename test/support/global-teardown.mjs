// Ends what global-setup.mjs started.
import { once } from 'node:events';
import { tsImport } from 'tsx/esm/api';

export default async function globalTeardown() {
  const { watchdog } = globalThis.latchkeyTestServer ?? {};
  if (watchdog === undefined) {
    await dropTemplate();
    return;
  }
  watchdog.ref();
  const gone = once(watchdog, 'exit');
  watchdog.stdin.end();
  await gone;
}

async function dropTemplate() {
  const { openDatabase } = await tsImport('../../src/storage/postgres/database.ts', import.meta.url);
  const server = openDatabase({
    url: process.env.LATCHKEY_TEST_SERVER_URL,
    poolSize: 1,
    applicationName: 'latchkey test teardown',
  });
  try {
    await server.raw('drop database if exists ?? with (force)', [process.env.LATCHKEY_TEST_TEMPLATE]);
  } finally {
    await server.destroy();
  }
}
