import { createHash } from 'node:crypto';
import { drive } from './load.js';
import { cpuOf } from './process-cpu.js';
import type { Scenario } from './scenarios.js';
import { median, quantile } from './statistics.js';
import type { Subject } from './subjects.js';

/** A value with its first and last tenth. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface SubjectResult {
  readonly subject: string;
  /** Done in a second. */
  readonly rate: Spread;
  /** As a ratio to the first subject, round by round. */
  readonly ofFirst: Spread;
  /** CPU time for each, in microseconds. */
  readonly cpu: { readonly node: number; readonly postgres: number; readonly generator: number };
  /** CPU time of the Node process as a ratio to the first subject, round by round. */
  readonly cpuOfFirst: Spread;
}

export interface ScenarioResult {
  readonly scenario: string;
  /** Rounds that counted, of all. */
  readonly rounds: number;
  readonly ofRounds: number;
  readonly subjects: readonly SubjectResult[];
}

export interface Measuring {
  readonly workers: number;
  readonly rounds: number;
  /** Milliseconds of each subject in each round. */
  readonly slice: number;
}

interface Sample {
  readonly rate: number;
  readonly node: number;
  readonly postgres: number;
  readonly generator: number;
}

interface Round {
  /** Milliseconds that the same piece of work took, at its slowest in this round. */
  readonly calibration: number;
  readonly samples: readonly Sample[];
}

/**
 * What every subject has done before anything is measured, and milliseconds that it may take: servers run for days, and
 * for its first hundreds of flows a program is mostly being compiled.
 */
const WARM = { count: 600, milliseconds: 30_000 };
/** Rounds in which the machine was slower than in its best ones by more than this do not count. */
const DISTURBED = 1.3;
/** Even on a machine that is never quiet, so many of the quietest rounds count. */
const FEWEST = 0.4;

/** Has every subject do the same, in turn, round by round. */
export async function measure(
  name: string,
  scenario: Scenario,
  subjects: readonly Subject[],
  { workers, rounds, slice }: Measuring,
): Promise<ScenarioResult> {
  const runs: ((worker: number) => Promise<void>)[] = [];
  for (const subject of subjects) {
    const run = await scenario(subject, workers);
    runs.push(run);
    await warmUp(run, workers, slice);
  }
  const all: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const samples: Sample[] = [];
    let calibration = calibrate();
    for (const [index, subject] of subjects.entries()) {
      const run = runs[index];
      if (run) samples.push(await sample(subject, run, workers, slice));
      calibration = Math.max(calibration, calibrate());
    }
    all.push({ calibration, samples });
  }
  const counted = quiet(all);
  return {
    scenario: name,
    rounds: counted.length,
    ofRounds: rounds,
    subjects: subjects.map((subject, index) => summarize(subject.name, counted, index)),
  };
}

async function warmUp(run: (worker: number) => Promise<void>, workers: number, slice: number): Promise<void> {
  const end = performance.now() + WARM.milliseconds;
  for (let count = 0; count < WARM.count && performance.now() < end;)
    count += await drive(workers, slice, run);
}

async function sample(
  subject: Subject,
  run: (worker: number) => Promise<void>,
  workers: number,
  milliseconds: number,
): Promise<Sample> {
  const before = subject.cpu();
  const own = cpuOf(process.pid);
  const start = performance.now();
  const count = await drive(workers, milliseconds, run);
  const seconds = (performance.now() - start) / 1000;
  const after = subject.cpu();
  return {
    rate: count / seconds,
    node: (after.node - before.node) / count,
    postgres: (after.postgres - before.postgres) / count,
    generator: (cpuOf(process.pid) - own) / count,
  };
}

/** @returns milliseconds that a fixed piece of work takes now */
function calibrate(): number {
  const start = performance.now();
  const block = Buffer.alloc(64 * 1024, 1);
  for (let times = 0; times < 120; times += 1) createHash('sha256').update(block).digest();
  return performance.now() - start;
}

function quiet(rounds: readonly Round[]): readonly Round[] {
  const ordered = [...rounds].sort((a, b) => a.calibration - b.calibration);
  const best = ordered[0]?.calibration ?? 0;
  const undisturbed = ordered.filter(({ calibration }) => calibration <= best * DISTURBED);
  const fewest = Math.ceil(rounds.length * FEWEST);
  return undisturbed.length >= fewest ? undisturbed : ordered.slice(0, fewest);
}

function summarize(subject: string, rounds: readonly Round[], index: number): SubjectResult {
  const of = (pick: (sample: Sample) => number): number[] =>
    rounds.map(({ samples }) => valueOf(samples[index], pick));
  const ratio = (pick: (sample: Sample) => number): number[] =>
    rounds.map(({ samples }) => valueOf(samples[index], pick) / valueOf(samples[0], pick));
  return {
    subject,
    rate: spread(of(({ rate }) => rate)),
    ofFirst: spread(ratio(({ rate }) => rate)),
    cpu: {
      node: median(of(({ node }) => node)),
      postgres: median(of(({ postgres }) => postgres)),
      generator: median(of(({ generator }) => generator)),
    },
    cpuOfFirst: spread(ratio(({ node }) => node)),
  };
}

function valueOf(sample: Sample | undefined, pick: (sample: Sample) => number): number {
  return sample ? pick(sample) : Number.NaN;
}

function spread(values: readonly number[]): Spread {
  return { median: median(values), low: quantile(values, 0.1), high: quantile(values, 0.9) };
}
