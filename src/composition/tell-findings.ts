import type { Finding } from '../domain/doctor/finding.js';
import { errorFields, type Logger } from '../observability/logger.js';
import { examine } from './run-doctor.js';
import type { Application } from './application.js';

/** Milliseconds between looks while the issuer is not reached, and how often it is looked. */
const AGAIN_MS = 10_000;
const LOOKS = 6;

/** Findings that come of a start alone: the proxy, or the name service, has not heard of this instance yet. */
const TRANSIENT = /^issuer\.(refused|silent|broken_off|name_unknown)$|^proxy\.bad_gateway$|\.too_slow$/;

/**
 * Runs the doctor's checks beside a server that has started, and logs what is not fine. Nothing waits for it, and nothing
 * that it finds stops the server.
 * @returns ends it
 */
export function tellFindings(application: Application, logger: Logger): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const isStopped = (): boolean => stopped;

  const look = async (left: number): Promise<void> => {
    const findings = await examine(application);
    // What a stop breaks off is no finding.
    if (isStopped()) return;
    if (left > 0 && findings.some(({ code }) => TRANSIENT.test(code))) {
      again(left - 1);
      return;
    }
    for (const finding of findings) if (finding.severity !== 'ok') tell(logger, finding);
  };
  const start = (left: number): void => {
    look(left).catch((error: unknown) => {
      if (!isStopped()) logger.warn('the doctor failed', errorFields(error));
    });
  };
  const again = (left: number): void => {
    timer = setTimeout(() => {
      start(left);
    }, AGAIN_MS).unref();
  };

  start(application.config.mode === 'production' ? LOOKS - 1 : 0);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

function tell(logger: Logger, { code, found, remedy }: Finding): void {
  logger.warn('the doctor found something', {
    finding: code,
    errorDetail: found,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
