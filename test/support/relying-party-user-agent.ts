import { send, type HttpAnswer, type HttpRequest } from './relying-party-requests.js';
import type { TestUser } from './server-fixture.js';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/** A form of a page, with its hidden fields. */
export interface PageForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Where a walk through pages ended: at a page, or at the address of a relying party. */
export interface Arrival {
  /** The page, when it is the provider's own. */
  readonly page: HttpAnswer | undefined;
  readonly url: URL;
}

const MAX_STEPS = 10;

/** What a person's browser does without scripts: cookies, redirects, forms. Every byte of it is in the test's hands. */
export class UserAgent {
  readonly #issuer: string;
  readonly #via: string | undefined;
  #cookies: Cookie[] = [];

  /** @param via the process to ask, where it is not the one at the issuer's own address */
  constructor(issuer: string, via?: string) {
    this.#issuer = issuer;
    this.#via = via;
  }

  /** The same browser, asking another process. */
  through(via: string): UserAgent {
    const agent = new UserAgent(this.#issuer, via);
    agent.#cookies = this.#cookies;
    return agent;
  }

  /** A browser with the same cookies as this one has now. */
  copy(): UserAgent {
    const agent = new UserAgent(this.#issuer, this.#via);
    agent.#cookies = [...this.#cookies];
    return agent;
  }

  /** Values of all cookies. */
  get cookieValues(): readonly string[] {
    return this.#cookies.map(({ value }) => value);
  }

  /** Forgets cookies. @param name default: all */
  forget(name?: string): void {
    this.#cookies = name === undefined ? [] : this.#cookies.filter((cookie) => cookie.name !== name);
  }

  /** Sends one request with its cookies, keeps those of the answer, follows nothing. */
  async request(url: string, options: HttpRequest = {}): Promise<HttpAnswer> {
    const target = new URL(url, this.#issuer);
    const cookie = this.#cookies
      .filter(({ path }) => target.pathname === path || target.pathname.startsWith(path.replace(/\/?$/, '/')))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const answer = await send(target.href, {
      ...options,
      via: this.#via,
      headers: { ...(cookie === '' ? {} : { cookie }), ...options.headers },
    });
    for (const line of answer.headers['set-cookie'] ?? []) this.#keep(line, target.pathname);
    return answer;
  }

  /** Goes to an address and on from there, until it comes to a page with something to do, or leaves the provider. */
  async open(url: string): Promise<Arrival> {
    return this.#follow(await this.request(url));
  }

  /** Posts a form as a page of the provider does, and goes on from there. */
  async submit(
    form: PageForm,
    fields: Readonly<Record<string, string>>,
    headers: HttpRequest['headers'] = {},
  ): Promise<Arrival> {
    return this.#follow(await this.post(form, fields, headers));
  }

  /** Posts a form as a page of the provider does, and stays with the answer. */
  post(
    form: PageForm,
    fields: Readonly<Record<string, string>>,
    headers: HttpRequest['headers'] = {},
  ): Promise<HttpAnswer> {
    return this.request(form.action, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: new URL(this.#issuer).origin,
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
      body: new URLSearchParams({ ...form.fields, ...fields }).toString(),
    });
  }

  /** Goes to an authorization request and answers the login form, and the consent form where there is one. */
  async signIn(url: string, user: TestUser, decision: 'allow' | 'deny' = 'allow'): Promise<URL> {
    let arrival = await this.open(url);
    if (arrival.page) {
      const credentials = { username: user.email, password: user.password };
      arrival = await this.submit(formOf(arrival.page, '/login'), credentials);
    }
    if (arrival.page) arrival = await this.submit(formOf(arrival.page, '/consent'), { decision });
    if (arrival.page) throw new Error(`The sign-in ended at a page:\n${arrival.page.text}`);
    return arrival.url;
  }

  /** Signs in and answers the code. */
  async codeOf(url: string, user: TestUser): Promise<string> {
    const callback = await this.signIn(url, user);
    return codeIn(callback);
  }

  async #follow(first: HttpAnswer): Promise<Arrival> {
    let answer = first;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const next = answer.headers.location ?? refreshOf(answer);
      if (next === undefined) return { page: answer, url: new URL(answer.url) };
      const url = new URL(next, answer.url);
      if (url.origin !== new URL(this.#issuer).origin) return { page: undefined, url };
      answer = await this.request(url.href);
    }
    throw new Error(`Redirected more than ${MAX_STEPS} times, at last to ${answer.url}.`);
  }

  #keep(line: string, pathname: string): void {
    const [pair = '', ...attributes] = line.split(/;\s*/);
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const named = (wanted: string): string | undefined =>
      attributes.find((attribute) => attribute.toLowerCase().startsWith(`${wanted}=`))?.split(/=(.*)/s)[1];
    const path = named('path') ?? pathname;
    const expires = named('expires');
    this.#cookies = this.#cookies.filter((cookie) => cookie.name !== name || cookie.path !== path);
    if (value !== '' && (expires === undefined || Date.parse(expires) > Date.now())) {
      this.#cookies.push({ name, value, path });
    }
  }
}

/** The form of a page whose action ends so. @throws {Error} with the page when there is none */
export function formOf(page: HttpAnswer, actionEnd: string): PageForm {
  for (const [, attributes = '', content = ''] of page.text.matchAll(/<form([^>]*)>(.*?)<\/form>/gs)) {
    const action = unescapeHtml(/action="([^"]*)"/.exec(attributes)?.[1] ?? '');
    if (!new URL(action, page.url).pathname.endsWith(actionEnd)) continue;
    const hidden = content.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
    return {
      action: new URL(action, page.url).href,
      fields: Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, unescapeHtml(value)])),
    };
  }
  throw new Error(`No form for ${actionEnd} in the page at ${page.url} (${page.status}):\n${page.text}`);
}

/** The code of a callback. @throws {Error} when there is none */
export function codeIn(callback: URL): string {
  const code = callback.searchParams.get('code');
  if (code === null) throw new Error(`There is no code in ${callback.href}.`);
  return code;
}

function refreshOf({ text }: HttpAnswer): string | undefined {
  const found = /<meta http-equiv="refresh" content="0;url=([^"]*)">/.exec(text)?.[1];
  return found === undefined ? undefined : unescapeHtml(found);
}

/** The text of an attribute or element. */
export function unescapeHtml(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return text.replace(/&(?:#(\d+)|(amp|lt|gt|quot));/g, (_, code?: string, name = '') =>
    code === undefined ? (named[String(name)] ?? '') : String.fromCodePoint(Number(code)),
  );
}
