import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { PROJECT } from './server-process.js';

/** The shell commands of one page, in order. */
export interface DocumentedPage {
  /** `README.md`, `docs/users.md` */
  readonly name: string;
  readonly commands: readonly string[];
}

/** Commands that cannot run in a test, each with the reason. Whatever is not named here has to work. */
export const NOT_HERE: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^docker\b/, 'needs a container engine'],
  [/^\.\/scripts\/compose-secrets\.sh$/, 'writes into the checkout'],
  [/^kubectl\b/, 'needs a cluster'],
  [/^helm\b/, 'needs a cluster'],
  [/^createdb\b/, 'needs a database server where the shell finds it'],
  [/^redis-cli\b/, 'needs a Redis server'],
  [/^jq\b/, 'needs an export of Keycloak, and jq is not on every machine'],
  [/\| jq\b/, 'jq is not on every machine'],
  [/\bage -/, 'age is not on every machine'],
  [/^npm ci\b/, 'installs what runs this test'],
  [/^npm start$/, 'serves until it is stopped; the test has started the same program'],
  [/^npm test$/, 'this is it'],
  [/^npm run build$/, 'has been done before the test'],
  [/^node dist\/main\.js$/, 'serves until it is stopped; the test has started it'],
  [/\bnode app\.mjs$/, 'serves until it is stopped; test/flows/documented-programs.test.ts runs it'],
  [/^CLIENT_ID=example .*npm run --silent example$/, 'serves until it is stopped'],
  [/^\w+=\S+ latchkey serve$/, 'serves until it is stopped'],
  [
    /^(NODE_ENV|ISSUER|\w+_FILE|TRUSTED_PROXIES|CONFIG|REDIS_URL)=\S+$/,
    'a setting of the production that the page describes; the test has its own',
  ],
  [
    /restore --from \S+\.backup$/,
    'ends what the other commands need; test/flows/backup-restore.test.ts runs it',
  ],
  [/\$CONSOLE\b/, 'needs a person who has signed in'],
  [/\/users\/me\b/, 'needs a person who has signed in'],
  [/\/userinfo$/, 'needs a person who has signed in'],
  [/remove-factor/, 'needs a person who has a second factor'],
  [/lk_rat_/, 'needs a client that registered itself; test/flows/dynamic-registration.test.ts has them'],
  [/\$API_ID\b/, 'needs an API that the configuration declares as opaque'],
  [/^latchkey logout retry/, 'needs a logout that an application did not take'],
  [/--backchannel-logout-uri https:\/\/shop/, 'asks for the address of an application'],
];

const FENCE = /^[ \t]*```(?:sh|console|bash)\n([\s\S]*?)^[ \t]*```/gm;

/** Every page with shell commands, README first. */
export function documentedPages(): readonly DocumentedPage[] {
  const docs = readdirSync(path.join(PROJECT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .toSorted()
    .map((name) => path.join('docs', name));
  return ['README.md', ...docs]
    .map((name) => {
      const text = readFileSync(path.join(PROJECT, name), 'utf8');
      return { name, commands: [...text.matchAll(FENCE)].flatMap(([, fence = '']) => commandsOf(fence)) };
    })
    .filter(({ commands }) => commands.length > 0);
}

/** @returns why a command cannot run in a test; undefined when it can */
export function reasonNotToRun(command: string): string | undefined {
  return NOT_HERE.find(([pattern]) => pattern.test(command))?.[1];
}

/** Lines that belong together are one command: those that end with a backslash, and texts in quotes. */
function commandsOf(fence: string): readonly string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of fence.split('\n')) {
    open = open === '' ? line.trim() : `${open}\n${line}`;
    if (open.endsWith('\\') || isUnclosed(open)) continue;
    if (open !== '' && !open.startsWith('#')) commands.push(open.replace(/\s+#\s[^'"\n]*$/, ''));
    open = '';
  }
  return open === '' ? commands : [...commands, open];
}

function isUnclosed(text: string): boolean {
  let quote = '';
  for (const character of text) {
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
  }
  return quote !== '';
}
