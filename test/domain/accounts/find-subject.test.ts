import { createAccount } from '../../../src/domain/accounts/create-account.js';
import type { Account } from '../../../src/domain/accounts/account.js';
import { findSubject, type FindSubjectDeps } from '../../../src/domain/accounts/find-subject.js';
import type { SubjectIdentifier } from '../../../src/domain/accounts/subject-identifier.js';
import { createAccountDeps, refusalOf } from '../../support/account-deps.js';
import { buildClient } from '../../support/build-client.js';

const ISSUER = 'https://id.example.com';
const UPSTREAM = 'https://login.example.org';
const AT = new Date('2026-11-23T12:00:00Z');

let deps: ReturnType<typeof createAccountDeps>;
let ada: Account;
let bob: Account;
let findDeps: FindSubjectDeps;

beforeEach(async () => {
  deps = createAccountDeps();
  ada = await createAccount(deps, { email: 'ada@example.com', username: 'ada' });
  bob = await createAccount(deps, { email: 'bob@example.com' });
  await deps.upstreamLinks.insert({
    id: 'link',
    accountId: ada.id,
    providerId: 'work',
    issuer: UPSTREAM,
    subject: 'a-1',
    email: undefined,
    createdAt: AT,
    lastUsedAt: undefined,
  });
  const grant = { scopes: [], claims: [], resourceScopes: {}, grantedAt: AT, expiresAt: undefined };
  deps.grants.grants = [
    { ...grant, id: '1', accountId: ada.id, clientId: 'shop' },
    { ...grant, id: '2', accountId: bob.id, clientId: 'plain' },
    { ...grant, id: '3', accountId: ada.id, clientId: 'news' },
  ];
  const pairwise = { subject_type: 'pairwise' };
  const clients = [
    buildClient({ clientId: 'news', redirectUris: ['https://news.example/cb'], metadata: pairwise }),
    buildClient({ clientId: 'plain', redirectUris: ['https://plain.example/cb'] }),
    buildClient({
      clientId: 'shop',
      redirectUris: ['https://a.example/cb', 'https://b.example/cb'],
      metadata: { ...pairwise, sector_identifier_uri: 'https://shop.example/sector.json' },
    }),
  ];
  findDeps = {
    ...deps,
    issuer: ISSUER,
    pairwiseSubject: (sector, accountId) => `${sector} ${accountId}`,
    // One client a page.
    clientDirectory: {
      list: ({ after }) => {
        const index = clients.findIndex(({ clientId }) => clientId === after) + 1;
        return Promise.resolve({
          clients: clients.slice(index, index + 1),
          next: index + 1 < clients.length ? clients[index]?.clientId : undefined,
        });
      },
    },
  };
});

describe('findSubject (RFC 9493 §3.2)', () => {
  test.each<[string, () => SubjectIdentifier]>([
    ['its id', () => ({ format: 'opaque', id: ada.id })],
    ['its email address, whatever its case', () => ({ format: 'email', email: 'ADA@example.com' })],
    ['its public subject', () => ({ format: 'iss_sub', iss: ISSUER, sub: ada.id })],
    ['the subject of a sector of one host', () => pairwise('news.example')],
    ['the subject of a named sector', () => pairwise('shop.example')],
    ['the subject of another provider', () => ({ format: 'iss_sub', iss: UPSTREAM, sub: 'a-1' })],
  ])('finds an account by %s', async (_how, subject) => {
    expect((await findSubject(findDeps, subject())).id).toBe(ada.id);
  });

  test.each<[string, () => SubjectIdentifier]>([
    ['an id that is none', () => ({ format: 'opaque', id: 'ada' })],
    ['an email address as an id', () => ({ format: 'opaque', id: 'ada@example.com' })],
    ['a username as an email address', () => ({ format: 'email', email: 'ada' })],
    ['a public subject of another issuer', () => ({ format: 'iss_sub', iss: `${ISSUER}/`, sub: ada.id })],
    ['a subject of a client whose subjects are public', () => pairwise('plain.example', bob)],
    ['a pairwise subject whose account holds no grant there', () => pairwise('news.example', bob)],
    ['a subject that another provider never told', () => ({ format: 'iss_sub', iss: UPSTREAM, sub: ada.id })],
  ])('finds nobody by %s', async (_how, subject) => {
    expect(await refusalOf(findSubject(findDeps, subject()))).toMatchObject({ code: 'not_found' });
  });
});

const pairwise = (sector: string, account = ada): SubjectIdentifier => ({
  format: 'iss_sub',
  iss: ISSUER,
  sub: `${sector} ${account.id}`,
});
