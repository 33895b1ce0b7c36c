import {
  SIGNING_ALGORITHMS,
  signingKeyStatus,
  type SigningKey,
  type SigningKeyPlan,
} from '../signing-keys/signing-key.js';
import { fault, fine, warning, type Finding } from './finding.js';

const DAY_MS = 86_400_000;

/**
 * Whether there is a key to sign by each algorithm, and none that should have been replaced.
 * @param options.published ids in the key set as the world gets it; undefined where that was not to be had
 */
export function checkSigningKeys(
  keys: readonly Omit<SigningKey, 'privateJwk'>[],
  options: {
    readonly plan: SigningKeyPlan;
    readonly published: readonly string[] | undefined;
    readonly now: Date;
  },
): readonly Finding[] {
  const { plan, published, now } = options;
  const signing = keys.filter((key) => signingKeyStatus(key, now) === 'signing');
  const findings: Finding[] = SIGNING_ALGORITHMS.filter(
    (algorithm) => !signing.some((key) => key.algorithm === algorithm),
  ).map((algorithm) =>
    fault(
      'keys.missing',
      `No key signs by ${algorithm}.`,
      `Make one: latchkey key rotate --alg ${algorithm} --now`,
    ),
  );
  const { rotationSeconds } = plan;
  const overdue = signing.filter(
    ({ signsFrom, retiredAt }) =>
      rotationSeconds !== undefined &&
      retiredAt === undefined &&
      signsFrom.getTime() + rotationSeconds * 1000 + DAY_MS < now.getTime(),
  );
  for (const { algorithm, kid, signsFrom } of overdue) {
    findings.push(
      warning(
        'keys.overdue',
        `The ${algorithm} key ${kid} signs since ${signsFrom.toISOString().slice(0, 10)} and should have been replaced.`,
        `See why housekeeping fails in the server’s log, or replace it: latchkey key rotate --alg ${algorithm}`,
      ),
    );
  }
  const unpublished = published === undefined ? [] : keys.filter(({ kid }) => !published.includes(kid));
  // What was made while the key set was fetched is published in a moment.
  const hidden = unpublished.filter(({ createdAt }) => createdAt.getTime() + 10_000 < now.getTime());
  if (hidden.length > 0) {
    findings.push(
      fault(
        'keys.not_published',
        `The key set that the world gets lacks ${hidden.map(({ kid }) => kid).join(', ')}: what it signs cannot be verified.`,
        'Look for a cache before the server that keeps /jwks for longer than its Cache-Control says, and restart instances that do not follow.',
      ),
    );
  }
  if (findings.length > 0) return findings;
  return [fine('keys.ready', `Keys sign by ${SIGNING_ALGORITHMS.join(', ')}.`)];
}
