import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { checkAccessibility } from './browser.js';

/** A person at a browser of their own, whose pages are watched for faults. */
export interface Visitor {
  readonly page: Page;
  /** Waits for a page by its heading, and checks that it is accessible. */
  sees(heading: string): Promise<void>;
  /** Goes to an address of the server, to the page of that heading. */
  visits(path: string, heading: string): Promise<void>;
  fills(label: string, value: string): Promise<void>;
  presses(button: string): Promise<void>;
  follows(link: string): Promise<void>;
}

/** What a form with a fault in it answers; Chromium writes it to the console. */
const FAULTY_FORM = 422;

/**
 * Gives the work a browser without any cookies.
 * @throws {Error} after the work, with all that a page did wrong: errors of scripts, of the console, which is where
 *   Chromium tells what the Content-Security-Policy forbade, and answers that no person should get
 */
export async function withVisitor<Result>(
  browser: Browser,
  options: BrowserContextOptions & { readonly baseURL: string },
  work: (visitor: Visitor) => Promise<Result>,
): Promise<Result> {
  const context = await browser.newContext(options);
  const faults: string[] = [];
  context.on('weberror', (event) => faults.push(event.error().message));
  context.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes(`status of ${FAULTY_FORM}`)) {
      faults.push(message.text());
    }
  });
  context.on('response', (response) => {
    if (response.status() >= 400 && response.status() !== FAULTY_FORM) {
      faults.push(`${response.status()} at ${response.url()}`);
    }
  });
  try {
    const page = await context.newPage();
    // A checker that is a script itself needs a page that runs scripts.
    const findings =
      options.javaScriptEnabled === false ? () => checkTwin(browser, page) : () => checkAccessibility(page);
    const result = await work(visitorAt(page, findings, faults));
    if (faults.length > 0) throw new Error(`The pages were at fault:\n${faults.join('\n')}`);
    return result;
  } finally {
    await context.close();
  }
}

/** Checks a page that runs no scripts: in another browser, which gets the same document without any. */
async function checkTwin(browser: Browser, page: Page): Promise<string[]> {
  const context = await browser.newContext();
  try {
    const twin = await context.newPage();
    const body = (await page.content()).replace(/<script\b.*?<\/script>/g, '');
    await twin.route('**/*', (route) => {
      if (route.request().isNavigationRequest()) return route.fulfill({ contentType: 'text/html', body });
      return route.request().resourceType() === 'stylesheet' ? route.continue() : route.abort();
    });
    await twin.goto(page.url());
    return await checkAccessibility(twin);
  } finally {
    await context.close();
  }
}

function visitorAt(page: Page, check: () => Promise<string[]>, faults: string[]): Visitor {
  const sees = async (heading: string): Promise<void> => {
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
    for (const finding of await check()) faults.push(`“${heading}”: ${finding}`);
  };
  return {
    page,
    sees,
    async visits(path, heading) {
      await page.goto(path);
      await sees(heading);
    },
    fills: (label, value) => page.getByLabel(label, { exact: true }).fill(value),
    presses: (button) => page.getByRole('button', { name: button, exact: true }).click(),
    follows: (link) => page.getByRole('link', { name: link, exact: true }).click(),
  };
}
