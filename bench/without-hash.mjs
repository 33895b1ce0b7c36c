// Preloaded into the measured server only (`node --import`): its passwords are compared by a digest that costs nothing, so
// that the flow around the hash is measured. The server itself knows nothing of it.
import { register } from 'node:module';

const cheap = `
import { createHash } from 'node:crypto';
export const argon2id = 2;
const digest = (text) => '$argon2id$bench$' + createHash('sha256').update(text).digest('base64');
export const hash = async (text) => digest(text);
export const verify = async (hashed, text) => hashed === digest(text);
export const needsRehash = () => false;
`;
const hooks = `
export async function resolve(specifier, context, next) {
  if (specifier !== 'argon2') return next(specifier, context);
  return { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(cheap)}`)}, shortCircuit: true };
}
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
