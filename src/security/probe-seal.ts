import { randomBytes } from 'node:crypto';
import type { Clock } from '../domain/clock.js';
import type { ProbeKind, ProbeMaker, ProbeTaker, SeenRequest } from '../domain/doctor/probe.js';
import { deriveKey } from './derive-key.js';
import { createSealedBox } from './sealed-box.js';

/** Minutes that the clocks of doctor and server may differ, so that the doctor can tell of that as well. */
const LIFETIME_MS = 5 * 60_000;
/** Probes that are remembered at once; only who has the secret can make one. */
const MOST_REMEMBERED = 1_000;
/** Characters; longer headers are not looked at. */
const LONGEST_HEADER = 400;
const REQUEST = Buffer.from('probe');

interface Contents {
  readonly nonce: string;
  readonly kind: ProbeKind;
  readonly at: number;
}

const boxesOf = (secretKeys: readonly string[]) =>
  secretKeys.map((secretKey) => createSealedBox(deriveKey(secretKey, 'doctor-probes')));

const answerTo = (nonce: string): Buffer => Buffer.from(`answer to ${nonce}`);

/**
 * Makes probes that are sealed, and bound to their answers: who sees one on its way learns nothing of it, and who repeats
 * one gets, at best, an answer that nobody else can read.
 * @param secretKeys the operator's secret keys, the current one first
 */
export function createProbeMaker(secretKeys: readonly string[], clock: Clock): ProbeMaker {
  const boxes = boxesOf(secretKeys);
  const [current] = boxes;
  if (!current) throw new Error('there is no secret key');
  return {
    make(kind) {
      const nonce = randomBytes(16).toString('base64url');
      const contents: Contents = { nonce, kind, at: clock.now().getTime() };
      return {
        header: current.seal(Buffer.from(JSON.stringify(contents)), REQUEST).toString('base64url'),
        open: (answer) => tryEach(boxes, answer, answerTo(nonce)) as SeenRequest | undefined,
      };
    },
  };
}

/** Takes each probe once, on this instance. */
export function createProbeTaker(secretKeys: readonly string[], clock: Clock): ProbeTaker {
  const boxes = boxesOf(secretKeys);
  /** When each nonce may be forgotten. */
  const taken = new Map<string, number>();
  return {
    take(header) {
      if (header.length > LONGEST_HEADER) return undefined;
      const now = clock.now().getTime();
      const contents = tryEach(boxes, header, REQUEST) as Contents | undefined;
      if (!contents || Math.abs(now - contents.at) > LIFETIME_MS) return undefined;
      const { nonce, kind } = contents;
      for (const [old, until] of taken) if (until < now) taken.delete(old);
      if (taken.has(nonce) || taken.size >= MOST_REMEMBERED) return undefined;
      taken.set(nonce, contents.at + 2 * LIFETIME_MS);
      const [current] = boxes;
      return {
        kind,
        seal: (seen) =>
          current?.seal(Buffer.from(JSON.stringify(seen)), answerTo(nonce)).toString('base64url') ?? '',
      };
    },
  };
}

/** @returns what one of the boxes has sealed, whose form it vouches for */
function tryEach(
  boxes: readonly ReturnType<typeof createSealedBox>[],
  sealed: string,
  context: Buffer,
): unknown {
  const bytes = Buffer.from(sealed, 'base64url');
  for (const box of boxes) {
    try {
      return JSON.parse(box.open(bytes, context).toString());
    } catch {
      // Another one may have sealed it, or none of ours.
    }
  }
  return undefined;
}
