import type Provider from 'oidc-provider';
import { libraryContext } from './library-context.js';

/** The library's name for the thumbprint of the key of a client instance. */
const BINDING = 'attestationJkt';

/**
 * Has the code of a pushed request belong to the instance that pushed it, also where a person had to sign in in between.
 * The library forgets the instance with the pushed request, which lives for a minute; so the interaction keeps it.
 * @see draft-ietf-oauth-attestation-based-client-auth, RFC 9126 §2.1
 */
export function bindCodesToInstances({ Interaction, AuthorizationCode }: Provider): void {
  const inPayload = [...namesIn(Interaction), BINDING];
  Object.defineProperty(Interaction, 'IN_PAYLOAD', { configurable: true, get: () => inPayload });
  bindWhenSaved(Interaction.prototype);
  bindWhenSaved(AuthorizationCode.prototype);
}

function bindWhenSaved(prototype: object): void {
  const save: unknown = Reflect.get(prototype, 'save');
  if (typeof save !== 'function') throw new TypeError('The model cannot be saved.');
  Object.defineProperty(prototype, 'save', {
    configurable: true,
    writable: true,
    value(this: object, ...args: unknown[]): unknown {
      const { PushedAuthorizationRequest: pushed, Interaction: interaction } =
        libraryContext()?.oidc.entities ?? {};
      const binding = bindingOf(this) ?? bindingOf(pushed) ?? bindingOf(interaction);
      if (binding !== undefined) Object.assign(this, { [BINDING]: binding });
      return Reflect.apply(save, this, args);
    },
  });
}

function bindingOf(artifact: object | undefined): string | undefined {
  const value: unknown = artifact && Reflect.get(artifact, BINDING);
  return typeof value === 'string' ? value : undefined;
}

function namesIn(model: object): readonly string[] {
  const names: unknown = Reflect.get(model, 'IN_PAYLOAD');
  if (!Array.isArray(names)) throw new TypeError('The model has no payload.');
  return names.filter((name) => typeof name === 'string');
}
