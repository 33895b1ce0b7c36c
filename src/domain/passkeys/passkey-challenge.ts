import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.js';
import type { UnitOfWork } from '../unit-of-work.js';

/** Seconds for which a challenge waits for its answer. */
export const CHALLENGE_SECONDS = 5 * 60;

export interface PasskeyChallengeDeps {
  readonly unitOfWork: UnitOfWork<'passkeyChallenges'>;
  readonly clock: Clock;
}

/** Whether a challenge that an authenticator has signed, as base64url, is the one that it was given. */
export type ChallengeCheck = (challenge: string) => boolean;

/**
 * Makes a challenge for an authenticator to sign.
 * @param binding what alone may answer it, for instance an interaction
 * @returns 32 random bytes
 * @see WebAuthn Level 3 §13.4.3
 */
export async function issuePasskeyChallenge(
  { unitOfWork, clock }: PasskeyChallengeDeps,
  binding: string,
): Promise<Buffer> {
  const challenge = randomBytes(32);
  await unitOfWork.run(({ passkeyChallenges }) =>
    passkeyChallenges.replace({
      bindingHash: hash(binding),
      challengeHash: hash(challenge.toString('base64url')),
      expiresAt: new Date(clock.now().getTime() + CHALLENGE_SECONDS * 1000),
    }),
  );
  return challenge;
}

/**
 * Uses the challenge up, whatever becomes of its answer: this is a unit of work of its own.
 * @returns undefined when there is none: it was used, has expired, or belongs to something else
 */
export async function takePasskeyChallenge(
  { unitOfWork, clock }: PasskeyChallengeDeps,
  binding: string,
): Promise<ChallengeCheck | undefined> {
  const expected = await unitOfWork.run(({ passkeyChallenges }) =>
    passkeyChallenges.take(hash(binding), clock.now()),
  );
  return expected && ((challenge) => timingSafeEqual(hash(challenge), expected));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
