import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { unpackBundledChromium } from './browser-bundled.js';

/** Where a Chromium usually is; the first that exists is used. */
const USUAL_PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** Nothing that calls home: the tests have to pass in a closed network. */
const CLOSED_NETWORK = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts a headless Chromium: the one at `CHROMIUM_PATH`, else one in a usual place, else the one that an npm
 * package brings along (Linux on x64). `CHROMIUM_PATH=bundled` asks for the last.
 * The caller closes it.
 * @throws {Error} saying where a browser was looked for, when there is none
 */
export async function launchBrowser(env: NodeJS.ProcessEnv = process.env): Promise<Browser> {
  const wish = env['CHROMIUM_PATH'];
  if (wish !== undefined && wish !== 'bundled' && !existsSync(wish)) {
    throw new Error(`CHROMIUM_PATH names ${wish}, which does not exist.`);
  }
  const installed = wish ?? USUAL_PLACES.find((place) => existsSync(place));
  const browser =
    installed === undefined || installed === 'bundled'
      ? await unpackBundledChromium()
      : { executablePath: installed, env: {} };
  return chromium.launch({
    executablePath: browser.executablePath,
    // Only pages of ours are opened, and the sandbox cannot start as root nor in most containers.
    chromiumSandbox: false,
    args: CLOSED_NETWORK,
    env: { ...definedOnly(env), ...browser.env },
  });
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The rules of those that look at colours. All others go by elements, whether they are seen, where and how large. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** The expression that has axe check a document: one line per finding, undecided ones ("incomplete") included. */
const axeRun = (runOnly: string): string => `globalThis.axe.run(document, {
    resultTypes: ['violations', 'incomplete'],
    runOnly: ${runOnly},
  }).then(({ violations, incomplete }) =>
    [...violations, ...incomplete].flatMap(({ id, nodes }) =>
      nodes.map((node) => id + ' at ' + node.target.join(' ') + ': ' + (node.failureSummary ?? node.any[0]?.message ?? ''))))`;

/** Evaluates an expression that needs axe, which is brought along where the page has none yet. */
async function evaluateWithAxe<Result>(page: Page, expression: string): Promise<Result> {
  const answer = await page.evaluate<Result | 'no axe'>(
    `globalThis.axe === undefined ? 'no axe' : ${expression}`,
  );
  // Evaluating the source, unlike a script element, needs no hole in the page's Content-Security-Policy.
  return answer === 'no axe' ? page.evaluate<Result>(`${axeSource};\n${expression}`) : answer;
}

/**
 * Checks a page against WCAG 2.2 AA and axe's best practices.
 * @returns one line per finding, undecided ones included; empty when all is well
 */
export async function checkAccessibility(page: Page): Promise<string[]> {
  return evaluateWithAxe(page, axeRun(JSON.stringify(TAGS)));
}

/** A page as it is seen at one size in one scheme of colours. */
export interface Sight {
  /** What the rules that do not look at colours go by: which elements are seen, where, and how large. */
  readonly layout: string;
  /** As of `checkAccessibility`. */
  readonly findings: readonly string[];
  readonly scrollsSideways: boolean;
}

/**
 * Looks at a page as it is, in one exchange with the browser.
 * @param checked layout of the same document whose findings are known: where it is still the same, only the rules that
 *   look at colours can say anything new, and only they are run
 */
export async function lookAt(page: Page, checked?: string): Promise<Sight> {
  const colours = JSON.stringify({ type: 'rule', values: COLOUR_RULES });
  return evaluateWithAxe(
    page,
    `(async () => {
      const layout = [...document.querySelectorAll('*')].map((element) => {
        const { x, y, width, height } = element.getBoundingClientRect();
        return [element.checkVisibility({ opacityProperty: true, visibilityProperty: true }), x, y, width, height].join();
      }).join(' ');
      const { scrollWidth, clientWidth } = document.documentElement;
      const findings = await (layout === ${JSON.stringify(checked ?? '')}
        ? ${axeRun(colours)}
        : ${axeRun(JSON.stringify(TAGS))});
      return { layout, findings, scrollsSideways: scrollWidth > clientWidth };
    })()`,
  );
}

/**
 * Shows another document of the same origin in a page that shows one already, without the cost of navigating: three
 * times as fast. What scripts have put into the window stays, so this is for documents without scripts. A browser does
 * not focus by itself what such a document wants focused, so this does.
 */
export async function replaceDocument(page: Page, address: string): Promise<void> {
  await page.evaluate(`(async () => {
    const answer = await fetch(${JSON.stringify(address)});
    if (!answer.ok) throw new Error(${JSON.stringify(address)} + ' answers ' + answer.status);
    const text = await answer.text();
    document.open();
    const loaded = new Promise((resolve) => addEventListener('load', resolve, { once: true }));
    document.write(text);
    document.close();
    await loaded;
    document.querySelector('[autofocus]')?.focus({ focusVisible: true });
  })()`);
}

/**
 * Looks at the bodies of documents, one after the other, in a page that shows a document of the same origin. Nothing is
 * drawn in between, which makes this three times as fast as `replaceDocument`: for what only asks where things are.
 * @param expression what to find out about each
 * @returns what it says, document by document
 * @throws {Error} for a document of another language, direction or style than the one that is shown
 */
export async function lookAtBodies<Found>(
  page: Page,
  addresses: readonly string[],
  expression: string,
): Promise<readonly Found[]> {
  return page.evaluate<Found[]>(`(async () => {
    const textOf = async (address) => {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(address + ' answers ' + answer.status);
      return answer.text();
    };
    const frameOf = ({ documentElement: { lang, dir }, head }) =>
      [lang, dir, ...[...head.querySelectorAll('link[rel=stylesheet], meta[name=viewport]')].map((e) => e.outerHTML)].join();
    const addresses = ${JSON.stringify(addresses)};
    const texts = await Promise.all(addresses.map(textOf));
    const found = [];
    for (const [index, text] of texts.entries()) {
      const next = new DOMParser().parseFromString(text, 'text/html');
      if (frameOf(next) !== frameOf(document)) throw new Error(addresses[index] + ' needs a page of its own.');
      document.body.replaceWith(document.adoptNode(next.body));
      if (document.images.length > 0) await Promise.allSettled([...document.images].map((image) => image.decode()));
      found.push(${expression});
    }
    return found;
  })()`);
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
