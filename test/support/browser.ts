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

/**
 * Checks a page against WCAG 2.2 AA and axe's best practices.
 * @returns one line per finding, undecided ones ("incomplete") included; empty when all is well
 */
export async function checkAccessibility(page: Page): Promise<string[]> {
  // Evaluating the source, unlike a script element, needs no hole in the page's Content-Security-Policy.
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(axeSource);
  return page.evaluate<string[]>(`axe.run(document, {
    resultTypes: ['violations', 'incomplete'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  }).then(({ violations, incomplete }) =>
    [...violations, ...incomplete].flatMap(({ id, nodes }) =>
      nodes.map((node) => id + ' at ' + node.target.join(' ') + ': ' + (node.failureSummary ?? node.any[0]?.message ?? ''))))`);
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
