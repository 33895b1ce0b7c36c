import { fault, type Finding } from './finding.js';

/** One thing to look at. */
export interface Check {
  /** The first part of the codes of its findings, for instance `database`. */
  readonly name: string;
  readonly run: () => Promise<readonly Finding[]>;
}

/**
 * Runs checks beside each other, and waits for none of them longer than a while. A check that fails is a finding as well.
 * @param checks in the order of their findings
 * @param options.mostMs milliseconds that a check may take
 */
export async function runChecks(
  checks: readonly Check[],
  { mostMs }: { readonly mostMs: number },
): Promise<readonly Finding[]> {
  return (await Promise.all(checks.map((check) => runCheck(check, mostMs)))).flat();
}

async function runCheck({ name, run }: Check, mostMs: number): Promise<readonly Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    timer = setTimeout(() => {
      const found = `Looking at the ${name} took longer than ${mostMs / 1000} seconds and was given up.`;
      resolve([fault(`${name}.too_slow`, found, 'See whether what it asks answers at all, then try again.')]);
    }, mostMs);
  });
  try {
    return await Promise.race([run(), late]);
  } catch (error) {
    const kind = error instanceof Error ? error.name : typeof error;
    return [
      fault(`${name}.unknown`, `Looking at the ${name} failed (${kind}).`, 'See the log of the server.'),
    ];
  } finally {
    clearTimeout(timer);
  }
}
