import type { Browser } from 'playwright-core';
import { PAGE_LANGUAGES } from '../../src/http/locale.js';
import { launchBrowser, lookAtBodies } from '../support/browser.js';
import { startPageServer, type PageServer } from '../support/page-server.js';
import { SAMPLE_PAGES } from '../support/sample-pages.js';

let browser: Browser;
let server: PageServer;

beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startPageServer({ name: 'Latchkey' })]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

/** What is wider than the page that it stands on, by its tag and the beginning of its text. */
const TOO_WIDE = `[...document.querySelectorAll('body *')]
  .filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    return width > 0 && (left < -1 || right > document.documentElement.clientWidth + 1) && !element.closest('.skip');
  })
  .map((element) => element.tagName.toLowerCase() + ' ' + (element.textContent ?? '').trim().slice(0, 40))`;

it.each(PAGE_LANGUAGES)(
  'every page fits a window of 320 px in the language %s, hostile names and all (WCAG 2.2, 1.4.10 Reflow)',
  async (language) => {
    const context = await browser.newContext({
      viewport: { width: 320, height: 640 },
      javaScriptEnabled: true,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    // The page that posts itself away has no words.
    const ids = SAMPLE_PAGES.filter(({ name }) => name !== 'form-post').map(({ id }) => id);
    const addresses = ids.map((id) => server.urlOf(id, { language, scripts: false }));
    await page.goto(addresses[0] ?? '');
    const tooWide = await lookAtBodies<readonly string[] | false>(
      page,
      addresses,
      `document.documentElement.scrollWidth > document.documentElement.clientWidth && ${TOO_WIDE}`,
    );
    const faults = tooWide.flatMap((elements, at) =>
      elements ? [`${ids[at]}: ${elements.join(' | ')}`] : [],
    );
    await context.close();
    expect(faults).toEqual([]);
  },
  180_000,
);
