import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { malformed, tooCostly, type OpenHash } from './opened-hash.js';

const FORMAT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const LEAST_COST = 4;
/** Base-2 logarithm of the rounds; 15 takes about two seconds. */
const MOST_COST = 15;

/**
 * bcrypt, of which only the first 72 octets of a password count.
 * @see Provos, Mazières: A Future-Adaptable Password Scheme (USENIX 1999)
 */
export const openBcrypt: OpenHash = (text) => {
  if (!/^\$2[abxy]?\$/.test(text)) return undefined;
  const [, digits] = FORMAT.exec(text) ?? [];
  const cost = Number(digits);
  if (digits === undefined || cost < LEAST_COST || cost > 31) {
    return malformed(
      'bcrypt',
      '$2b$12$ and 53 characters of salt and hash, and begin with $2a$, $2b$ or $2y$',
    );
  }
  if (cost > MOST_COST) return tooCostly('bcrypt', `its cost may be at most ${MOST_COST}`);
  return { verify: (password) => compareInWorker(password, text) };
};

/** As text, for a worker's file would have to exist both as a source and as a build. */
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const { compareSync } = require(workerData.library);
parentPort.postMessage(compareSync(workerData.password, workerData.hash));
`;
const library = createRequire(import.meta.url).resolve('bcryptjs');

/** The library computes in JavaScript: in a thread of its own it holds up no other request. */
function compareInWorker(password: string, hash: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const workerData = { library, password, hash };
    new Worker(WORKER, { eval: true, workerData, env: {}, execArgv: [] })
      .once('message', (matches) => resolve(matches === true))
      .once('error', reject)
      .once('exit', () => reject(new Error('The thread that compares passwords ended early.')));
  });
}
