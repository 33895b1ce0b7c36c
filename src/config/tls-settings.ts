import path from 'node:path';
import type { ConfigFault } from './config-error.js';
import type { ConfigSources } from './config-sources.js';
import { describeReadFailure } from './read-failure.js';

/** What of the environment speaks of it. */
interface TlsEnvironment {
  readonly TLS_CERT_FILE?: string | undefined;
  readonly TLS_KEY_FILE?: string | undefined;
  readonly ISSUER?: string | undefined;
}

/** The files by which this server ends TLS itself; absent: somebody before it does, or nobody. */
export interface TlsSettings {
  /** Absolute path of a PEM file: the certificate, and the chain below it. */
  readonly certFile: string;
  /** Absolute path of a PEM file. */
  readonly keyFile: string;
}

/** @param cwd absolute path at which relative ones start */
export function toTlsSettings(environment: TlsEnvironment, cwd: string): TlsSettings | undefined {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key } = environment;
  if (cert === undefined || key === undefined) return undefined;
  return { certFile: path.resolve(cwd, cert), keyFile: path.resolve(cwd, key) };
}

/** What is wrong with them; whether they belong together shows at the start. */
export function tlsFaults(
  environment: TlsEnvironment,
  { readFile, cwd }: Pick<ConfigSources, 'readFile' | 'cwd'>,
): readonly ConfigFault[] {
  const names = ['TLS_CERT_FILE', 'TLS_KEY_FILE'] as const;
  const set = names.filter((name) => environment[name] !== undefined);
  if (set.length === 0) return [];
  const faults = set.flatMap((setting): readonly ConfigFault[] => {
    const file = environment[setting] ?? '';
    try {
      readFile(path.resolve(cwd, file));
      return [];
    } catch (error) {
      return [{ setting, ...describeReadFailure(file, error) }];
    }
  });
  const missing = names.find((name) => environment[name] === undefined);
  if (missing !== undefined) {
    const other = set.join();
    const remedy = `Set both, or neither.`;
    faults.push({ setting: missing, problem: `is not set, although ${other} is`, remedy });
  }
  if (environment.ISSUER?.startsWith('http:') === true) {
    const remedy = 'Write it with https://, or remove TLS_CERT_FILE and TLS_KEY_FILE.';
    faults.push({ setting: 'ISSUER', problem: 'is http, although this server ends TLS itself', remedy });
  }
  return faults;
}
