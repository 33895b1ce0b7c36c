import { isIP } from 'node:net';
import { z } from 'zod';
import { LOG_LEVELS, MODES, type Mode } from './config.js';
import { closestName } from '../domain/closest-name.js';
import { readIssuer } from './issuer.js';
import { Refusal, quote } from './refusal.js';
import { readSecretKeys } from './secret-keys.js';
import { readRedisUrl } from './redis-url.js';
import { OTLP_URL, POSTGRES_URL, SMTP_URL, readServiceUrl } from './service-url.js';
import { readTrustedProxies } from './trusted-proxies.js';

/** Settings that may also come from a file that `NAME_FILE` names, as secret stores mount them. */
export const SECRET_SETTINGS = [
  'SECRET_KEY',
  'DATABASE_URL',
  'REDIS_URL',
  'SMTP_URL',
  'METRICS_TOKEN',
] as const;

/**
 * The environment as Latchkey reads it: every value is a text that is not empty, or is absent.
 * @param mode decides which issuers are allowed
 */
export function environmentSchema(mode: Mode) {
  return z.object({
    NODE_ENV: setting((text) => oneOf(text, MODES)),
    ISSUER: setting((text) => readIssuer(text, mode)),
    HOST: setting(readHost),
    PORT: setting((text) => readPort(text)),
    DATABASE_URL: setting((text) => readServiceUrl(text, POSTGRES_URL)),
    DATA_DIR: setting((text) => text),
    REDIS_URL: setting(readRedisUrl),
    REDIS_CA_FILE: setting((text) => text),
    SMTP_URL: setting((text) => readServiceUrl(text, SMTP_URL)),
    MAIL_FROM: setting(readMailFrom),
    SECRET_KEY: setting(readSecretKeys),
    TLS_CERT_FILE: setting((text) => text),
    TLS_KEY_FILE: setting((text) => text),
    TRUSTED_PROXIES: setting(readTrustedProxies),
    METRICS_TOKEN: setting(readMetricsToken),
    METRICS_HOST: setting(readHost),
    METRICS_PORT: setting((text) => readPort(text, 9464)),
    OTEL_EXPORTER_OTLP_ENDPOINT: setting((text) => readServiceUrl(text, OTLP_URL)),
    OTEL_SERVICE_NAME: setting((text) => text),
    OTEL_TRACES_SAMPLER_ARG: setting(readRatio),
    LOG_LEVEL: setting((text) => oneOf(text, LOG_LEVELS)),
    DRAIN_SECONDS: setting(readDrainSeconds),
    CONFIG: setting((text) => text),
  });
}

const LONGEST_DRAIN_SECONDS = 300;

/** The environment's values, read; a setting that is not set is absent. */
export type Environment = z.output<ReturnType<typeof environmentSchema>>;

export type EnvironmentSetting = keyof Environment;

/** The name of every setting of the environment, `NAME_FILE` not counted. */
export const ENVIRONMENT_SETTINGS = Object.keys(
  environmentSchema('production').shape,
) as readonly EnvironmentSetting[];

function setting<T>(read: (text: string) => T) {
  return z
    .string()
    .transform((text, context): T => {
      try {
        return read(text);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        context.addIssue({ code: 'custom', message: error.problem, params: { remedy: error.remedy } });
        return z.NEVER;
      }
    })
    .optional();
}

function oneOf<T extends string>(text: string, values: readonly T[]): T {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  const meant =
    closestName(text, values) ?? values.find((value) => value.startsWith(text) || text.startsWith(value));
  throw new Refusal(
    `${quote(text)} is not one of ${values.join(', ')}`,
    meant === undefined ? 'Use one of these.' : `Did you mean ${meant}?`,
  );
}

function readPort(text: string, example = 3000): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new Refusal(
    `${quote(text)} is not a whole number from 0 to 65535`,
    `Set it to the port to listen on, for instance ${example}.`,
  );
}

function readDrainSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d{1,3}$/.test(text) && seconds <= LONGEST_DRAIN_SECONDS) return seconds;
  throw new Refusal(
    `${quote(text)} is not a whole number from 0 to ${LONGEST_DRAIN_SECONDS}`,
    'Set it to the seconds that your load balancer needs to take an instance out, for instance 5.',
  );
}

function readHost(text: string): string {
  if (isIP(text) !== 0 || /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$/i.test(text)) return text;
  throw new Refusal(
    `${quote(text)} is neither an IP address nor a host name`,
    'Set it to the address to listen on, without a scheme, a port or brackets, for instance 0.0.0.0 or ::.',
  );
}

function readRatio(text: string): number {
  const ratio = Number(text);
  if (/^\d*\.?\d+$/.test(text) && ratio <= 1) return ratio;
  throw new Refusal(
    `${quote(text)} is not a number from 0 to 1`,
    'Set it to the share of requests that are traced, for instance 0.1.',
  );
}

function readMetricsToken(text: string): string {
  if (/^[\x21-\x7e]{16,}$/.test(text)) return text;
  throw new Refusal(
    'is shorter than 16 characters, or has others than printable ASCII without spaces',
    'Make one, for instance with: openssl rand -hex 24',
  );
}

function readMailFrom(text: string): string {
  const address = /^[^<>"\r\n]*<([^<>]*)>$/.exec(text)?.[1] ?? text;
  if (/^[^\s@<>,;:"()]+@[^\s@<>,;:"()]+$/.test(address)) return text;
  throw new Refusal(
    `${quote(text)} is not a mail address`,
    'Write it like sign-in@example.com or Example <sign-in@example.com>.',
  );
}
