import path from 'node:path';
import type { DeclaredClient } from '../domain/clients/declared-clients.js';
import type { ConfigFault } from './config-error.js';
import type { ConfigSources } from './config-sources.js';
import type { FileContent } from './file-schema.js';
import { describeReadFailure } from './read-failure.js';

type ClientEntry = FileContent['clients'][number];

/**
 * Takes the clients from the configuration file, with the secrets that they keep in files of their own.
 * @param folder absolute path of the configuration file's folder, where relative paths of secrets start
 */
export function readDeclaredClients(
  entries: readonly ClientEntry[],
  readFile: ConfigSources['readFile'],
  folder: string,
): { readonly clients: readonly DeclaredClient[]; readonly faults: readonly ConfigFault[] } {
  const faults: ConfigFault[] = [];
  const clients = entries.map((entry, index): DeclaredClient => {
    const fromFile: string[] = [];
    if (entry.client_secret_file !== undefined) {
      const reading = readSecretFile(entry.client_secret_file, readFile, folder);
      if (typeof reading === 'string') fromFile.push(reading);
      else faults.push({ setting: `CONFIG clients[${index}].client_secret_file`, ...reading });
    }
    return {
      clientId: entry.client_id,
      name: entry.name,
      type: entry.type,
      redirectUris: entry.redirect_uris,
      postLogoutRedirectUris: entry.post_logout_redirect_uris,
      backchannelLogoutUri: entry.backchannel_logout_uri,
      scopes: entry.scope?.split(' '),
      resources: entry.resources,
      allowedOrigins: entry.allowed_origins,
      allowedRoles: entry.allowed_roles,
      allowedGroups: entry.allowed_groups,
      firstParty: entry.first_party,
      requireSecondFactor: entry.require_second_factor,
      requireVerifiedEmail: entry.require_verified_email,
      identityProviders: entry.identity_providers,
      clientSecrets:
        entry.client_secrets ?? (entry.client_secret === undefined ? fromFile : [entry.client_secret]),
      metadata: { ...entry.metadata, ...(entry.profile === undefined ? {} : { profile: entry.profile }) },
    };
  });
  return { clients, faults };
}

/** Reads a client secret that has a file of its own. @returns the secret, or what is wrong with the file */
export function readSecretFile(
  file: string,
  readFile: ConfigSources['readFile'],
  folder: string,
): string | Omit<ConfigFault, 'setting'> {
  try {
    const secret = readFile(path.resolve(folder, file)).replace(/[\r\n]+$/, '');
    return secret === ''
      ? { problem: 'names an empty file', remedy: 'Write the client secret into it.' }
      : secret;
  } catch (error) {
    return describeReadFailure(file, error);
  }
}
