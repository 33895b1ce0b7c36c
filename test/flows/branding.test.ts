import { configurationFile } from '../support/configuration-file.js';
import { startDocumentServer, type DocumentServer } from '../support/document-server.js';
import { closeConnections, send } from '../support/relying-party-requests.js';
import { startServer, startSecondServer, type TestServer } from '../support/server.js';

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><circle cx="16" cy="16" r="9"/></svg>';

let documents: DocumentServer;
let server: TestServer;

beforeAll(async () => {
  documents = await startDocumentServer();
  const logo = documents.put('/logo.svg', { headers: { 'content-type': 'image/svg+xml' }, body: SVG });
  const page = documents.put('/icon', { headers: { 'content-type': 'image/png' }, body: '<p>no image</p>' });
  server = await startServer({
    env: {
      CONFIG: configurationFile(`branding: { logo: "${logo}", favicon: "${page}" }`),
      NODE_EXTRA_CA_CERTS: documents.certificateFile,
    },
  });
});

afterAll(async () => {
  closeConnections();
  await server.stop();
});

/** The address of the logo that a page shows. */
async function logoAt(url: string): Promise<string | undefined> {
  const { text } = await send(`${url}/session/end/success`);
  expect(text).not.toContain(documents.origin);
  return /<img class="logo" src="([^"]*)"/.exec(text)?.[1];
}

test('a logo that is elsewhere is copied to this origin, for all instances, and stays when it is gone there', async () => {
  // What is fetched is told by what cannot be used: both are fetched together.
  await server.printed(/an image of the branding could not be fetched/);
  const address = (await logoAt(server.url)) ?? '';
  expect(address).toMatch(/^\/logos\/[0-9a-f]{64}$/);
  const image = await send(`${server.url}${address}`);
  expect([image.status, image.text, image.headers['content-type']]).toEqual([200, SVG, 'image/svg+xml']);
  expect(image.headers['content-security-policy']).toContain("default-src 'none'");

  await documents.stop();
  const second = await startSecondServer(server);
  expect(await logoAt(second.url)).toBe(address);
  await second.stop();
  expect(documents.requests('/logo.svg')).toBe(1);
});
