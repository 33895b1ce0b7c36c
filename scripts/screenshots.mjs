// Takes pictures of all hosted pages, for people who work on their look.
//   node scripts/screenshots.mjs <folder> [part of a page's name] [language]
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { tsImport } from 'tsx/esm/api';

const [folder, wanted = '', language = 'en'] = process.argv.slice(2);
if (!folder) {
  console.error('Name the folder that the pictures go to: node scripts/screenshots.mjs <folder>');
  process.exit(2);
}
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
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1280]) {
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 800 } });
      const page = await context.newPage();
      for (const { id } of SAMPLE_PAGES.filter((sample) => sample.id.includes(wanted))) {
        await page.goto(server.urlOf(id, { language, scripts: !id.startsWith('form-post') }), {
          waitUntil: 'load',
        });
        await page.screenshot({
          path: path.join(folder, `${id}-${colorScheme}-${width}.png`),
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
