// Takes pictures of all hosted pages, for people who work on their look.
//   node scripts/screenshots.mjs <folder> [part of a page's name] [language]
// Without any of them: the few pictures of the documentation, into docs/images.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { tsImport } from 'tsx/esm/api';

const [folder = 'docs/images', wanted = '', language = 'en'] = process.argv.slice(2);
const forDocumentation = process.argv.length === 2;
/** Pages that the documentation shows. */
const SHOWN = ['login-plain', 'consent-plain', 'second-factor-plain', 'account-plain'];
const SCHEMES = ['light', 'dark'];
const WIDTHS = forDocumentation ? [480] : [320, 1280];
const isWanted = (id) => (forDocumentation ? SHOWN.includes(id) : id.includes(wanted));
const nameOf = (id, scheme, width) =>
  forDocumentation ? `${id.replace('-plain', '')}-${scheme}.png` : `${id}-${scheme}-${width}.png`;
const { launchBrowser } = await tsImport('../test/support/browser.ts', import.meta.url);
const { startPageServer } = await tsImport('../test/support/page-server.ts', import.meta.url);
const { SAMPLE_PAGES } = await tsImport('../test/support/sample-pages.ts', import.meta.url);

await mkdir(folder, { recursive: true });
const server = await startPageServer({
  name: 'Latchkey',
  helpUrl: 'https://help.example',
  privacyUrl: '/privacy',
});
const browser = await launchBrowser();
try {
  for (const colorScheme of SCHEMES) {
    for (const width of WIDTHS) {
      const context = await browser.newContext({
        colorScheme,
        viewport: { width, height: forDocumentation ? 640 : 800 },
      });
      const page = await context.newPage();
      for (const { id } of SAMPLE_PAGES.filter((sample) => isWanted(sample.id))) {
        await page.goto(server.urlOf(id, { language, scripts: !id.startsWith('form-post') }), {
          waitUntil: 'load',
        });
        await page.screenshot({
          path: path.join(folder, nameOf(id, colorScheme, width)),
          fullPage: true,
        });
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
}
