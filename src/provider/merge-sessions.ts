import type { JsonObject, JsonValue } from '../domain/json.js';

/**
 * Merges what two requests made of one session: what this request changed wins, what it left alone is taken from the
 * other. The authorizations are merged client by client.
 * @param base as this request had read it
 * @param mine as this request leaves it
 * @param theirs as the other request has written it meanwhile
 */
export function mergeSessions(base: JsonObject, mine: JsonObject, theirs: JsonObject): JsonObject {
  const merged = threeWay(base, mine, theirs);
  const authorizations = threeWay(
    asObject(base.authorizations),
    asObject(mine.authorizations),
    asObject(theirs.authorizations),
  );
  return Object.keys(authorizations).length > 0 ? { ...merged, authorizations } : merged;
}

function threeWay(base: JsonObject, mine: JsonObject, theirs: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = {};
  for (const key of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const value = isSame(base[key], mine[key]) ? theirs[key] : mine[key];
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function asObject(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
