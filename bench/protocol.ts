// Compares this server, durable, with the bare library in memory: see README.md.
import { drive } from './load.js';
import { startBareProvider, startLatchkey, type Subject, type Tokens } from './subjects.js';

const WORKERS = 32;
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const MILLISECONDS = Number(process.env['SECONDS'] ?? 2) * 1000;

type Scenario = (subject: Subject) => Promise<(worker: number) => Promise<void>>;

const credentials = ({ clientId, clientSecret }: Subject) => ({
  client_id: clientId,
  client_secret: clientSecret,
});

const scenarios: Readonly<Record<string, Scenario>> = {
  'refresh with rotation': async (subject) => {
    const tokens = await mintAll(subject);
    return async (worker) => {
      const { text } = await ask(subject, 'POST', '/token', {
        form: {
          ...credentials(subject),
          grant_type: 'refresh_token',
          refresh_token: tokens[worker]?.refreshToken ?? '',
        },
      });
      const { refresh_token: refreshToken } = JSON.parse(text) as { refresh_token: string };
      tokens[worker] = { accessToken: '', refreshToken };
    };
  },
  introspection: async (subject) => {
    const tokens = await mintAll(subject);
    return async (worker) => {
      const token = tokens[worker]?.accessToken ?? '';
      await ask(subject, 'POST', '/introspect', { form: { ...credentials(subject), token } });
    };
  },
  userinfo: async (subject) => {
    const tokens = await mintAll(subject);
    return async (worker) => {
      const authorization = `Bearer ${tokens[worker]?.accessToken ?? ''}`;
      await ask(subject, 'GET', '/userinfo', { headers: { authorization } });
    };
  },
  discovery: (subject) =>
    Promise.resolve(async () => {
      await ask(subject, 'GET', '/.well-known/openid-configuration');
    }),
};

const subjects = [await startBareProvider(WORKERS), await startLatchkey(WORKERS)] as const;
try {
  console.log(`${WORKERS} connections, ${ROUNDS} rounds of ${MILLISECONDS / 1000} s each, in turn\n`);
  for (const [name, prepare] of Object.entries(scenarios)) await measure(name, prepare);
} finally {
  await Promise.all(subjects.map((subject) => subject.stop()));
}

async function measure(name: string, prepare: Scenario): Promise<void> {
  const runs = await Promise.all(subjects.map(prepare));
  const rates = subjects.map((): number[] => []);
  const costs = subjects.map((): number[] => []);
  // The first round warms up and does not count.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, subject] of subjects.entries()) {
      const run = runs[index];
      if (!run) continue;
      const before = subject.cpu();
      const count = await drive(WORKERS, MILLISECONDS, run);
      if (round === 0) continue;
      rates[index]?.push(count / (MILLISECONDS / 1000));
      costs[index]?.push((subject.cpu() - before) / count);
    }
  }
  const ratios = (rates[1] ?? []).map((rate, round) => rate / (rates[0]?.[round] ?? Number.NaN));
  console.log(
    `${name.padEnd(24)} ${median(ratios).toFixed(2)} of memory (${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)})` +
      `   CPU ${subjects.map((_, index) => `${Math.round(median(costs[index] ?? []))} µs`).join(' : ')}`,
  );
}

async function mintAll(subject: Subject): Promise<Tokens[]> {
  const tokens: Tokens[] = [];
  for (let worker = 0; worker < WORKERS; worker += 1) tokens.push(await subject.mint());
  return tokens;
}

async function ask(subject: Subject, ...request: Parameters<Subject['connections']['send']>) {
  const answer = await subject.connections.send(...request);
  if (answer.status !== 200) throw new Error(`${subject.name} answered ${answer.status}: ${answer.text}`);
  return answer;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
