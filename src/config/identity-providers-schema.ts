import { z } from 'zod';
import { rule } from './file-rules.js';
import { PRESET_NAMES, PRESETS } from './identity-provider-presets.js';
import { parseUrl } from '../domain/url.js';

const text = z.string().min(1);
const endpoint = text.check(
  rule(
    (value) => isSafeUrl(value),
    'is not an https URL',
    'Write it in full, for instance https://id.example.com; plain http works on loopback only.',
  ),
);
const domain = text.check(
  rule(
    (value) => /^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/i.test(value),
    'is not a domain',
    'Write it like example.org, or *.example.org for those below it.',
  ),
);
const claims = z.strictObject({
  subject: text.optional(),
  email: text.optional(),
  email_verified: text.optional(),
  name: text.optional(),
  given_name: text.optional(),
  family_name: text.optional(),
  locale: text.optional(),
});

const OAUTH_ENDPOINTS = ['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint'] as const;

/** What belongs together in an entry; faults are told even where other parts of it are at fault. */
const complete = z.superRefine<unknown>(
  (entry, context) => {
    if (typeof entry !== 'object' || entry === null) return;
    const value = entry as Readonly<Record<string, unknown>>;
    const fault = (key: string, message: string, remedy: string): void => {
      context.addIssue({ code: 'custom', path: [key], message, params: { remedy } });
    };
    const presetName = PRESET_NAMES.find((name) => name === value['preset']);
    const preset = presetName && PRESETS[presetName];
    const type = preset?.type ?? value['type'] ?? 'oidc';
    if (!preset) {
      if (value['name'] === undefined) fault('name', 'is missing', 'Write the name that its button shows.');
      if (type === 'oidc' && value['issuer'] === undefined) {
        fault('issuer', 'is missing', 'Add the issuer, or a preset such as google, or type: oauth2.');
      }
      for (const key of type === 'oauth2' ? OAUTH_ENDPOINTS : []) {
        if (value[key] === undefined) {
          fault(key, 'is missing', 'Add it: a provider of type oauth2 has no discovery.');
        }
      }
      if (value['tenant'] !== undefined) {
        fault('tenant', 'is only for the preset microsoft', 'Remove it, or write it into the issuer.');
      }
    } else {
      if (value['type'] !== undefined && value['type'] !== preset.type) {
        fault('type', `does not fit the preset, which is ${preset.type}`, 'Remove it.');
      }
      if (value['tenant'] !== undefined && presetName !== 'microsoft') {
        fault('tenant', 'is only for the preset microsoft', 'Remove it.');
      }
    }
    if (type === 'oidc') {
      for (const key of [...OAUTH_ENDPOINTS, 'emails_endpoint']) {
        if (value[key] !== undefined) {
          fault(key, 'is not for a provider with an issuer, which tells its endpoints', 'Remove it.');
        }
      }
    } else if (value['issuer'] !== undefined) {
      fault('issuer', 'is not for a provider of type oauth2', 'Remove it, or write type: oidc.');
    }
    if (value['logout_return'] === true) {
      if (type !== 'oidc') fault('logout_return', 'is not for a provider of type oauth2', 'Remove it.');
      else if ((value['logout'] ?? preset?.logout ?? true) === false) {
        fault('logout_return', 'is only for a provider with logout: true', 'Add logout: true, or remove it.');
      }
    }
    const secrets = ['client_secret', 'client_secret_file'].filter((key) => value[key] !== undefined);
    if (secrets.length === 0) {
      fault('client_secret_file', 'is missing', 'Name the file that holds the client secret.');
    }
    if (secrets.length > 1) {
      fault('client_secret_file', 'is set, and so is client_secret', 'Set only one of them.');
    }
  },
  { when: () => true },
);

/** A member of the section `identity_providers` of the configuration file. */
export const identityProviderSchema = z
  .strictObject({
    id: text.check(
      rule(
        (value) => /^[a-z0-9][a-z0-9-]{0,31}$/.test(value),
        'is not an id',
        'Use up to 32 lower-case letters, digits and hyphens; it becomes part of an address.',
      ),
    ),
    preset: z.enum(PRESET_NAMES).optional(),
    name: text.max(60).optional(),
    type: z.enum(['oidc', 'oauth2']).optional(),
    issuer: endpoint.optional(),
    tenant: text
      .check(rule((value) => /^[\w.-]{1,100}$/.test(value), 'is not a tenant', 'Write its id or domain.'))
      .optional(),
    authorization_endpoint: endpoint.optional(),
    token_endpoint: endpoint.optional(),
    userinfo_endpoint: endpoint.optional(),
    emails_endpoint: endpoint.optional(),
    client_id: text,
    client_secret: text.optional(),
    client_secret_file: text.optional(),
    scopes: z.array(text).min(1).optional(),
    claims: claims.optional(),
    trust_email: z.boolean().optional(),
    email_domains: z.array(domain).default([]),
    sign_up: z.enum(['off', 'allow']).optional(),
    trust_amr: z.boolean().default(false),
    fresh_sign_in: z.enum(['check', 'assume']).default('check'),
    logout: z.boolean().optional(),
    logout_return: z.boolean().default(false),
    hidden: z.boolean().default(false),
    private_network: z.boolean().default(false),
  })
  .check(complete);

function isSafeUrl(value: string): boolean {
  const url = parseUrl(value);
  if (url === undefined) return false;
  const { protocol, hostname, hash, username, password } = url;
  if (hash !== '' || username !== '' || password !== '') return false;
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback);
}

/** Every provider that a client names is one of the section. */
export const clientProvidersDeclared = z.superRefine<unknown>(
  (content, context) => {
    const known = membersOf(content, 'identity_providers').map((entry) => fieldOf(entry, 'id'));
    membersOf(content, 'clients').forEach((client, index) => {
      membersOf(client, 'identity_providers').forEach((id, position) => {
        if (typeof id !== 'string' || known.includes(id)) return;
        context.addIssue({
          code: 'custom',
          path: ['clients', index, 'identity_providers', position],
          message: `${JSON.stringify(id)} is not a declared identity provider`,
          params: { remedy: 'Declare it under identity_providers, or remove it here.' },
        });
      });
    });
  },
  { when: () => true },
);

function membersOf(value: unknown, key: string): readonly unknown[] {
  const list = fieldOf(value, key);
  return Array.isArray(list) ? list : [];
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined;
}
