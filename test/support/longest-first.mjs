import { statSync } from 'node:fs';
import path from 'node:path';
import Sequencer from '@jest/test-sequencer';

/** Suites that take longest: begun last, each would keep one worker busy while the other has nothing left to do. */
const LONGEST = [
  'http/pages-browser',
  'flows/documented-commands',
  'flows/a-whole-life',
  'http/api/properties',
  'flows/several-instances',
  'flows/bad-input',
  'flows/doctor',
  'http/api/matrix',
  'flows/account-home',
  'flows/set-up',
  'storage/postgres/embedded-postgres',
  'storage/postgres/account-list',
  'flows/restart',
  'flows/redis',
  'http/languages-browser',
];

/** Runs the longest suites first, then the others by the size of their files: the order that a fresh clone needs. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const place = (test) => {
      const name = path.relative(path.join(import.meta.dirname, '..'), test.path).replace(/\.test\.ts$/, '');
      const at = LONGEST.indexOf(name);
      return at === -1 ? LONGEST.length : at;
    };
    const size = (test) => statSync(test.path).size;
    return [...tests].sort((one, other) => place(one) - place(other) || size(other) - size(one));
  }
}
