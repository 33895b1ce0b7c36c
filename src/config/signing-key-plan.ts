import type { SigningKeyPlan } from '../domain/signing-keys/signing-key.js';
import type { Config } from './config.js';

const SECONDS_PER_DAY = 86_400;
/** Clocks of servers and applications differ by some seconds. */
const MARGIN_SECONDS = 60;

/** The plan of the signing keys' lives: a retired one stays as long as anything that it signed is of use. */
export function signingKeyPlan({ keys, lifetimes, resources }: Config): SigningKeyPlan {
  const { idTokenSeconds, sessionAbsoluteSeconds } = lifetimes;
  // A session's ID tokens serve as `id_token_hint` until the session is over.
  const longest = Math.max(
    idTokenSeconds,
    sessionAbsoluteSeconds,
    ...resources.map(({ accessTokenLifetime }) => accessTokenLifetime),
  );
  return {
    publishSeconds: keys.publishSeconds,
    rotationSeconds: keys.rotationDays === 0 ? undefined : keys.rotationDays * SECONDS_PER_DAY,
    retentionSeconds: longest + keys.cacheSeconds + MARGIN_SECONDS,
  };
}
