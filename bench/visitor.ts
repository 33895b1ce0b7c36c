import { createHash, randomBytes } from 'node:crypto';
import type { Answer, Connections } from './load.js';

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What a flow needs to know of a server and of the client that is registered there. */
export interface Target {
  readonly name: string;
  readonly connections: Connections;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Clients that act on their own behalf, without and with the resource. */
  readonly service: ClientCredentials;
  readonly resourceService: ClientCredentials;
  /** Email addresses of people, one for each worker, and their common password. */
  readonly people: readonly string[];
  readonly password: string;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export const REDIRECT_URI = 'http://localhost:8080/callback';
export const RESOURCE = 'https://orders.example.com';
const FORM_FIELD = /name="csrf" value="([^"]+)"/;
const CONTINUE = /content="0;url=([^"]+)"/;

/** A person with a browser, which keeps cookies. */
export class Visitor {
  readonly #target: Target;
  readonly #email: string;
  readonly #cookies = new Map<string, string>();

  constructor(target: Target, worker: number) {
    this.#target = target;
    this.#email = target.people[worker % target.people.length] ?? '';
  }

  /**
   * Goes through the authorization code flow with whatever it asks of a person on the way.
   * @param prompt what the application insists on
   * @param forResource asks for access tokens for the resource, which are JWTs, instead of opaque ones
   */
  async signIn(prompt: string, forResource = false): Promise<Tokens> {
    const { clientId, clientSecret, connections } = this.#target;
    const verifier = randomBytes(32).toString('base64url');
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      ...(forResource
        ? { scope: 'openid email orders:read', resource: RESOURCE }
        : { scope: 'openid email' }),
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      prompt,
    });
    let path = `/authorize?${query.toString()}`;
    for (let step = 0; step < 12 && !path.startsWith(REDIRECT_URI); step += 1) path = await this.#step(path);
    const code = new URL(path).searchParams.get('code');
    if (code === null) throw new Error(`${this.#target.name} answered ${path}`);
    const answer = await connections.send('POST', '/token', {
      form: {
        grant_type: 'authorization_code',
        code,
        redirect_uri: REDIRECT_URI,
        code_verifier: verifier,
        client_id: clientId,
        client_secret: clientSecret,
      },
    });
    if (answer.status !== 200)
      throw new Error(`${this.#target.name} answered ${answer.status}: ${answer.text}`);
    const { access_token: accessToken, refresh_token: refreshToken } = JSON.parse(answer.text) as {
      access_token: string;
      refresh_token: string;
    };
    return { accessToken, refreshToken };
  }

  /** @returns where it leads */
  async #step(path: string): Promise<string> {
    const answer = await this.#visit('GET', path);
    const onwards = this.#onwards(answer);
    if (onwards !== undefined) return onwards;
    const csrf = FORM_FIELD.exec(answer.text)?.[1] ?? '';
    const isConsent = answer.text.includes('name="decision"');
    const form = isConsent
      ? { csrf, decision: 'allow' }
      : { csrf, username: this.#email, password: this.#target.password };
    const posted = await this.#visit('POST', `${path}/${isConsent ? 'consent' : 'login'}`, form);
    const next = this.#onwards(posted);
    if (next === undefined)
      throw new Error(`${this.#target.name} answered ${posted.status} to a form: ${posted.text}`);
    return next;
  }

  #onwards({ head, text }: Answer): string | undefined {
    const uri = /^location: *(\S+)/im.exec(head)?.[1] ?? CONTINUE.exec(text)?.[1]?.replaceAll('&amp;', '&');
    if (uri === undefined || uri.startsWith(REDIRECT_URI)) return uri;
    const { pathname, search } = new URL(uri, 'http://localhost');
    return pathname + search;
  }

  async #visit(method: string, path: string, form?: Readonly<Record<string, string>>): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', ...(cookie === '' ? {} : { cookie }) };
    const answer = await this.#target.connections.send(method, path, { headers, ...(form && { form }) });
    for (const [, name = '', value = ''] of answer.head.matchAll(/^set-cookie: *([^=]+)=([^;\r]*)/gim)) {
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return answer;
  }
}
