// Compares this server, durable, with the bare library in memory and with a plain adapter: see docs/performance.md.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import * as prettier from 'prettier';
import { measure, type ScenarioResult, type Spread } from './measure.js';
import { plot } from './plot.js';
import { SCENARIOS } from './scenarios.js';
import { startBareProvider, startLatchkey, type Subject } from './subjects.js';
import { withTable } from './table.js';

const workers = Number(process.env['WORKERS'] ?? 32);
const rounds = Number(process.env['ROUNDS'] ?? 11);
const slice = Number(process.env['SECONDS'] ?? 0.7) * 1000;
const wanted = process.argv.slice(2);
const docs = path.join(import.meta.dirname, '../docs');
const out = path.join(docs, 'images');

const subjects: Subject[] = [];
const results: ScenarioResult[] = [];
try {
  subjects.push(await startBareProvider(workers, 'memory'));
  subjects.push(await startLatchkey(workers));
  subjects.push(await startBareProvider(workers, 'knex'));
  console.log(
    `${workers} connections, ${rounds} rounds in turn of ${slice / 1000} s each; Node ${process.version}`,
  );
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
    const result = await measure(name, scenario, subjects, { workers, rounds, slice });
    results.push(result);
    print(result);
  }
} finally {
  await Promise.all(subjects.map((subject) => subject.stop()));
}

const [cpu] = cpus();
const date = new Date().toISOString().slice(0, 10);
const figures = {
  date,
  node: process.version,
  machine: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, shared with PostgreSQL and the load generator`,
  workers,
  rounds,
  sliceMs: slice,
  results: wanted.length === 0 ? results : [...others(), ...results].sort(byPlace),
};
const note = `${date}, Node ${process.version}, ${workers} connections, medians of paired rounds; lines: first to last tenth`;
mkdirSync(out, { recursive: true });
writeFileSync(path.join(out, 'performance.json'), `${JSON.stringify(figures, rounded, 2)}\n`);
writeFileSync(path.join(out, 'performance.svg'), plot(figures.results, note));
const page = path.join(docs, 'performance.md');
const about = `Measured on ${date} with Node ${process.version} on ${figures.machine}; ${workers} connections, rounds of ${slice / 1000} s.`;
const text = withTable(readFileSync(page, 'utf8'), figures.results, about);
writeFileSync(
  page,
  await prettier.format(text, { ...(await prettier.resolveConfig(page)), parser: 'markdown' }),
);
console.log('\nwritten: docs/images/performance.json, performance.svg, and the table of docs/performance.md');

/** What earlier runs have measured and this one has not. */
function others(): ScenarioResult[] {
  const file = path.join(out, 'performance.json');
  if (!existsSync(file)) return [];
  const { results: earlier } = JSON.parse(readFileSync(file, 'utf8')) as { results: ScenarioResult[] };
  return earlier.filter(({ scenario }) => !results.some((result) => result.scenario === scenario));
}

function byPlace(one: ScenarioResult, other: ScenarioResult): number {
  const names = Object.keys(SCENARIOS);
  return names.indexOf(one.scenario) - names.indexOf(other.scenario);
}

function print({ scenario, rounds: counted, ofRounds, subjects: measured }: ScenarioResult): void {
  console.log(`\n${scenario} (${counted} of ${ofRounds} rounds count)`);
  for (const { subject, rate, ofFirst, cpu, cpuOfFirst } of measured) {
    console.log(
      `  ${subject.padEnd(20)} ${rate.median.toFixed(0).padStart(6)}/s  ${show(ofFirst)} of memory` +
        `   CPU: Node ${cpu.node.toFixed(0)} µs (× ${show(cpuOfFirst)}), PostgreSQL ${cpu.postgres.toFixed(0)} µs, generator ${cpu.generator.toFixed(0)} µs`,
    );
  }
}

function show({ median, low, high }: Spread): string {
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}
