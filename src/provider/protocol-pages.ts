import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Explanation } from './refusals/explanation.js';
import { readLook, type Look } from '../domain/branding/client-branding.js';

/** The request that a page answers. */
export type PageContext = KoaContextWithOIDC;

/** The client that a page speaks of. */
export interface PageClient {
  readonly clientId: string;
  readonly name: string;
  readonly uri: string | undefined;
  readonly logoUri: string | undefined;
  readonly policyUri: string | undefined;
  readonly tosUri: string | undefined;
  readonly initiateLoginUri: string | undefined;
  /** How it wants pages to look that are shown for it. */
  readonly look: Look;
}

/** A refusal of the protocol, for a person. */
export interface ProtocolProblem {
  /** The `error` code of the specification. */
  readonly error: string;
  /** The client that asked, when it is known. */
  readonly client: PageClient | undefined;
  /** What developers need to know; shown to them only. */
  readonly detail: string | undefined;
  /** Why, and what to do; in development only. */
  readonly explanation?: Explanation | undefined;
}

/** A form that the library checks by its own token. */
export interface ProtocolForm {
  readonly action: string;
  readonly xsrf: string;
}

/** The pages that the protocol itself asks for; whoever serves HTTP draws them. */
export interface ProtocolPages {
  error(ctx: PageContext, problem: ProtocolProblem): void;
  logout(
    ctx: PageContext,
    page: ProtocolForm & { readonly client: PageClient | undefined; readonly account: string | undefined },
  ): void;
  /** @param page.account who is still signed in, having chosen to stay so */
  loggedOut(
    ctx: PageContext,
    page: { readonly client: PageClient | undefined; readonly account: string | undefined },
  ): void;
  deviceCode(
    ctx: PageContext,
    page: ProtocolForm & { readonly userCode: string; readonly fault: DeviceFault | undefined },
  ): void;
  deviceConfirm(
    ctx: PageContext,
    page: ProtocolForm & {
      readonly userCode: string;
      readonly client: PageClient | undefined;
      readonly device: { readonly ip: string | undefined; readonly userAgent: string | undefined };
    },
  ): void;
  deviceDone(ctx: PageContext, page: { readonly client: PageClient | undefined }): void;
}

/** Why a user code was not taken. */
export type DeviceFault = 'missing' | 'invalid' | 'aborted' | 'form_rejected';

/** What a page may know of the library's client. */
export function toPageClient(client: KoaContextWithOIDC['oidc']['client']): PageClient | undefined {
  if (!client) return undefined;
  return {
    clientId: client.clientId,
    name: client.clientName ?? client.clientId,
    uri: client.clientUri,
    logoUri: client.logoUri,
    policyUri: client.policyUri,
    tosUri: client.tosUri,
    initiateLoginUri: client.initiateLoginUri,
    look: readLook(client['branding']),
  };
}
