import { z } from 'zod';
import type { JsonValue } from '../../../domain/json.js';

/**
 * Any JSON, as the parser has read it. `z.json()` would do the same by a recursive schema, to which a document of its own
 * belongs in OpenAPI.
 */
export const jsonValue = z.custom<JsonValue>((value) => value !== undefined);
