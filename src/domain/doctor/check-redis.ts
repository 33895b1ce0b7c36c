import { fault, fine, warning, type Finding } from './finding.js';

/** What a server of Redis says of itself. */
export interface RedisExamination {
  /** Host and port. */
  readonly name: string;
  readonly version: string;
  /** `noeviction`, or which keys it throws away when its memory is full. */
  readonly evictionPolicy: string;
  /** Bytes; 0: no limit. */
  readonly maxMemory: number;
  readonly usedMemory: number;
  /** Whether it could not write to its disk, after which it refuses changes. */
  readonly saveFailed: boolean;
  /** Of its answer to the simplest question, milliseconds. */
  readonly latencyMs: number;
}

/** Share of its memory from which a server is short of it. */
const FULL = 0.9;
/** Milliseconds; a sign-in asks it some ten times. */
const SLOW_MS = 20;

/** Redis cannot be used, although one is set. @param problem why not, in a sentence */
export function unusableRedis(problem: string): readonly Finding[] {
  const remedy =
    'Do as it says, or correct REDIS_URL: redis://USER:PASSWORD@HOST:6379, rediss:// with TLS. See docs/redis.md.';
  return [fault('redis.unusable', problem, remedy)];
}

/** Whether the servers that answer can be relied on, also tomorrow. */
export function checkRedis(nodes: readonly RedisExamination[]): readonly Finding[] {
  const findings = nodes.flatMap(checkNode);
  if (findings.length > 0) return findings;
  const versions = [...new Set(nodes.map(({ version }) => version))].join(', ');
  const latencyMs = Math.max(1, ...nodes.map((node) => Math.round(node.latencyMs)));
  return [fine('redis.usable', `Redis ${versions} answers within ${latencyMs} ms, and throws nothing away.`)];
}

function checkNode(node: RedisExamination): readonly Finding[] {
  const { name, evictionPolicy, maxMemory, usedMemory, saveFailed, latencyMs } = node;
  const findings: Finding[] = [];
  if (evictionPolicy !== 'noeviction') {
    findings.push(
      warning(
        'redis.would_evict',
        `The Redis at ${name} has maxmemory-policy ${evictionPolicy}: as soon as it has a maxmemory, it throws keys away, and the next start refuses it.`,
        'Set maxmemory-policy to noeviction there.',
      ),
    );
  }
  if (saveFailed) {
    findings.push(
      fault(
        'redis.save_failed',
        `The Redis at ${name} could not write to its disk, and may refuse all changes for it.`,
        "Free its disk; or turn persistence off (save '' and appendonly no), of which nothing here has any use.",
      ),
    );
  }
  if (maxMemory > 0 && usedMemory > FULL * maxMemory) {
    findings.push(
      warning(
        'redis.memory_short',
        `The Redis at ${name} uses ${Math.round((100 * usedMemory) / maxMemory)} % of its maxmemory: when it is full, nobody can sign in.`,
        'Raise its maxmemory, or shorten lifetimes.interaction_seconds.',
      ),
    );
  }
  if (latencyMs > SLOW_MS) {
    findings.push(
      warning(
        'redis.slow',
        `The Redis at ${name} takes ${Math.round(latencyMs)} ms to answer the simplest question.`,
        'Run the server nearer to it: in the same zone of the same provider.',
      ),
    );
  }
  return findings;
}
