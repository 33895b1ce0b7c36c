import { readJsonObject } from '../read-json-object.js';
import { VisitError, type Visitor } from '../visit.js';
import { DISCOVERY_PATH } from './issuer-view.js';

/**
 * The ids of the keys that the world gets.
 * @returns undefined when the key set is not to be had; why, the checks of the issuer tell
 */
export async function readPublishedKeys(
  issuer: string,
  visit: Visitor,
): Promise<readonly string[] | undefined> {
  try {
    const discovery = readJsonObject((await visit(`${issuer}${DISCOVERY_PATH}`)).body);
    const uri = discovery?.['jwks_uri'];
    if (typeof uri !== 'string' || !uri.startsWith(`${issuer}/`)) return undefined;
    const keys = readJsonObject((await visit(uri)).body)?.['keys'];
    if (!Array.isArray(keys)) return undefined;
    return keys.flatMap((key: unknown) => {
      const kid: unknown = typeof key === 'object' && key !== null ? Reflect.get(key, 'kid') : undefined;
      return typeof kid === 'string' ? [kid] : [];
    });
  } catch (error) {
    if (error instanceof VisitError) return undefined;
    throw error;
  }
}
