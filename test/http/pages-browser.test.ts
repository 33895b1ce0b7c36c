import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchBrowser, lookAt, replaceDocument, type Sight } from '../support/browser.js';
import { type PageServer, startPageServer } from '../support/page-server.js';
import { SAMPLE_PAGES } from '../support/sample-pages.js';

const branding = {
  name: 'Latchkey',
  helpUrl: 'https://help.example',
  privacyUrl: '/privacy',
  accent: '#ffcc00',
};
const NARROW = { width: 320, height: 640 };
const WIDE = { width: 1280, height: 800 };
/** How each page is looked at, in an order with few changes of the scheme, which cost much. */
const SIGHTS = [
  { viewport: NARROW, schemes: ['light', 'dark'] },
  { viewport: WIDE, schemes: ['dark', 'light'] },
] as const;

// With scripts this page leaves at once, so only its document without them can be looked at.
const STAYING_PAGES = SAMPLE_PAGES.filter(({ name }) => name !== 'form-post');

let browser: Browser;
let server: PageServer;
const contexts: BrowserContext[] = [];
const consoleErrors: string[] = [];

beforeAll(async () => {
  [browser, server] = await Promise.all([launchBrowser(), startPageServer(branding)]);
});

afterEach(async () => {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

async function openPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: NARROW, reducedMotion: 'reduce', ...options });
  contexts.push(context);
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') consoleErrors.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => consoleErrors.push(`${page.url()}: ${error.message}`));
  return page;
}

/** Whether a document has scripts to load. */
const loadsScripts = async (address: string): Promise<boolean> =>
  (await (await fetch(address)).text()).includes('<script');

function faultsIn({ findings, scrollsSideways }: Sight, id: string, mode: string): string[] {
  const faults = findings.map((finding) => `${id} (${mode}): ${finding}`);
  return scrollsSideways ? [...faults, `${id} (${mode}): scrolls sideways`] : faults;
}

describe('every page', () => {
  // Without scripts a browser cannot run the checker either, so it gets the same document less its script elements.
  it.each([
    { name: 'with scripts, left to right', language: 'en', scripts: true },
    { name: 'without scripts, right to left', language: 'ar', scripts: false },
  ])(
    'is accessible, light and dark, narrow and wide, $name (WCAG 2.2 AA)',
    async ({ language, scripts }) => {
      const [replaced, navigated] = [await openPage(), await openPage()];
      const faults: string[] = [];
      const samples = scripts ? STAYING_PAGES : SAMPLE_PAGES;
      await replaced.goto(server.urlOf(samples[0]?.id ?? '', { language, scripts: false }));
      for (const { id } of samples) {
        const address = server.urlOf(id, { language, scripts });
        const page = (await loadsScripts(address)) ? navigated : replaced;
        await (page === navigated ? page.goto(address) : replaceDocument(page, address));
        for (const { viewport, schemes } of SIGHTS) {
          await page.setViewportSize(viewport);
          let layout: string | undefined;
          for (const colorScheme of schemes) {
            await page.emulateMedia({ colorScheme });
            // Where the page has the layout of the other scheme, only its colours can be wrong in another way.
            const sight = await lookAt(page, layout);
            layout = sight.layout;
            faults.push(...faultsIn(sight, id, `${colorScheme} ${viewport.width}`));
          }
        }
        const headings = await page.locator('h1').count();
        if (headings !== 1) faults.push(`${id}: ${headings} main headings`);
      }
      expect(faults).toEqual([]);
    },
    600_000,
  );

  it('has no script, style or handler within its document', async () => {
    const page = await openPage();
    await page.goto(server.urlOf(SAMPLE_PAGES[0]?.id ?? '', { scripts: false }));
    for (const { id } of SAMPLE_PAGES) {
      // To look into a document it need not be shown.
      const within = await page.evaluate<number>(`fetch(${JSON.stringify(server.urlOf(id))})
        .then((answer) => answer.text())
        .then((text) => new DOMParser().parseFromString(text, 'text/html'))
        .then((parsed) => parsed.querySelectorAll('script:not([src]), [style], style, [onclick], [onload]').length)`);
      expect(`${id}: ${within}`).toBe(`${id}: 0`);
    }
  });

  it('works with scripts off: focus goes to the fault, else to the first field to fill', async () => {
    const page = await openPage({ javaScriptEnabled: false });
    for (const { id, name, model } of SAMPLE_PAGES) {
      if (!['login', 'setup', 'reset-password', 'device-code'].includes(name)) continue;
      await page.goto(server.urlOf(id));
      const faulty = 'fault' in model || ('faults' in model && model.faults.length > 0);
      const focused = page.locator(faulty ? '.summary:focus' : 'input:focus');
      expect(`${id}: ${await focused.count()}`).toBe(`${id}: 1`);
    }
  });

  it('prints hostile strings as text', async () => {
    const page = await openPage();
    for (const { id } of SAMPLE_PAGES.filter(
      (sample) => sample.id.endsWith('-hostile') && sample.name !== 'form-post',
    )) {
      await page.goto(server.urlOf(id));
      expect(await page.locator('main script:not([src])').count()).toBe(0);
      expect(await page.locator('a[href^="javascript:"], a[href^="//"]').count()).toBe(0);
      const written = await page.locator('main').innerText();
      const typed = await page.locator('main input:not([type=hidden]):not([type=password])').all();
      const values = await Promise.all(typed.map((input) => input.inputValue()));
      expect(`${id} ${written} ${values.join(' ')}`).toContain('<script>alert(1)');
    }
  });

  it('weighs at most 15 KB in at most 5 requests, the theme not counted, none elsewhere', async () => {
    const page = await openPage();
    const heavy: string[] = [];
    const fetched = new Set<string>();
    const origins = new Set<string>();
    // Files are the same for every page.
    const weights = new Map<string, number>();
    page.on('response', (response) => {
      const { origin, pathname } = new URL(response.url());
      origins.add(origin);
      if (response.status() === 200 && !pathname.startsWith('/theme')) fetched.add(response.url());
    });
    for (const { id } of STAYING_PAGES.filter((sample) => !sample.id.endsWith('-hostile'))) {
      fetched.clear();
      origins.clear();
      const document = await page.goto(server.urlOf(id), { waitUntil: 'load' });
      // A headless browser fetches no icon, others do.
      const icon = await page.locator('link[rel=icon]').getAttribute('href');
      const addresses = new Set([...fetched, new URL(icon ?? '', page.url()).href]);
      let weight = 0;
      for (const address of addresses) {
        const bytes = weights.get(address) ?? (await (await fetch(address)).arrayBuffer()).byteLength;
        weights.set(address, bytes);
        weight += bytes;
      }
      expect(document?.status()).toBe(200);
      if (weight > 15 * 1024) heavy.push(`${id}: ${weight} bytes`);
      if (addresses.size > 5) heavy.push(`${id}: ${addresses.size} requests`);
      expect([...origins]).toEqual([new URL(page.url()).origin]);
    }
    expect(heavy).toEqual([]);
  });

  it.each(['en', 'ar'])(
    'has a menu of languages that is accessible when it is open (%s)',
    async (language) => {
      const page = await openPage({ javaScriptEnabled: true });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.goto(server.urlOf('login-plain', { language }));
        await page.locator('footer summary').click();
        expect(await page.locator('footer button:visible').count()).toBe(7);
        expect(faultsIn(await lookAt(page), 'login-plain', `menu open, ${language}`)).toEqual([]);
      }
    },
  );

  it('stays readable in forced colours and in a popup', async () => {
    const page = await openPage({ forcedColors: 'active' });
    for (const id of ['login-invalid_credentials', 'consent-plain', 'consent-hostile']) {
      await page.goto(server.urlOf(id, { display: 'popup' }));
      expect(faultsIn(await lookAt(page), id, 'forced colours, popup')).toEqual([]);
    }
  });
});

it('shows and hides the password, and hides it again before the form is sent', async () => {
  const page = await openPage();
  await page.route('**/interaction/**', (route) => route.fulfill({ status: 204 }));
  await page.goto(server.urlOf('login-hint'));
  const password = page.locator('#password');
  expect(await page.locator('#password:focus').count()).toBe(1);
  await password.fill('correct horse');
  await page.getByRole('button', { name: 'Show password' }).click();
  expect(await password.getAttribute('type')).toBe('text');
  await page.getByRole('button', { name: 'Hide password' }).click();
  expect(await password.getAttribute('type')).toBe('password');
  await page.getByRole('button', { name: 'Show password' }).click();
  const [request] = await Promise.all([
    page.waitForRequest('**/interaction/**'),
    page.getByRole('button', { name: 'Sign in' }).click(),
  ]);
  expect(new URLSearchParams(request.postData() ?? '').get('password')).toBe('correct horse');
  expect(await password.getAttribute('type')).toBe('password');
});

it('takes the setup code from the fragment and removes it from the address and the history', async () => {
  const page = await openPage();
  await page.goto(`${server.urlOf('setup-plain')}#uJ8s-Code_1`);
  expect(await page.locator('#code').inputValue()).toBe('uJ8s-Code_1');
  expect(page.url()).toBe(server.urlOf('setup-plain'));
  expect(await page.locator('#email:focus').count()).toBe(1);
});

it('reaches everything of the sign-in page by keyboard, in reading order', async () => {
  const page = await openPage({ viewport: WIDE });
  await page.goto(server.urlOf('login-too_many_attempts'));
  await page.locator('.skip').focus();
  const order: string[] = [];
  for (let step = 0; step < 9; step += 1) {
    const focused = page.locator(':focus');
    order.push((await focused.innerText()) || ((await focused.getAttribute('id')) ?? ''));
    await page.keyboard.press('Tab');
  }
  expect(order).toEqual([
    'Skip to content',
    'username',
    'password',
    'Show',
    'Sign in',
    'Cancel',
    'Help',
    'Privacy',
    'Language',
  ]);
});

it.each([true, false])(
  'goes on by itself from the page after a form, scripts %s',
  async (javaScriptEnabled) => {
    const page = await openPage({ javaScriptEnabled });
    const next = page.waitForRequest('**/resume');
    await page.goto(server.urlOf('continue-plain'));
    expect((await next).method()).toBe('GET');
    expect(await page.getByRole('link', { name: 'Continue', exact: true }).getAttribute('href')).toBe(
      '/resume',
    );
  },
);

it('posts a response to the app by itself, and by its button without scripts (Form Post Response Mode §2)', async () => {
  const withScripts = await openPage();
  const posted = withScripts.waitForRequest('**/callback');
  await withScripts.goto(server.urlOf('form-post-plain'), { waitUntil: 'commit' });
  expect((await posted).postData()).toBe('code=a');

  const withoutScripts = await openPage({ javaScriptEnabled: false });
  await withoutScripts.goto(server.urlOf('form-post-plain'));
  const [request] = await Promise.all([
    withoutScripts.waitForRequest('**/callback'),
    withoutScripts.getByRole('button', { name: 'Continue' }).click(),
  ]);
  expect(request.postData()).toBe('code=a');
});

it('leaves no console error, no policy report and no request to nowhere', () => {
  expect(consoleErrors).toEqual([]);
  expect(server.policyReports).toEqual([]);
  expect(server.unknownPaths).toEqual([]);
});
