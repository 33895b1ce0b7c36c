import type { ClientLogoStore, LogoImage } from '../../../src/domain/branding/client-logo-store.js';

const PNG: LogoImage = { type: 'image/png', bytes: Buffer.from([0x89, 1, 2]) };
const SVG: LogoImage = { type: 'image/svg+xml', bytes: Buffer.from('<svg/>') };
const A = 'https://a.example/logo.png';
const B = 'https://b.example/logo.png';

const now = new Date('2026-11-23T12:00:00Z');
const inMinutes = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000);

/** What every store of logos does. */
export function describeClientLogoStore(
  name: string,
  open: () => Promise<{
    readonly store: ClientLogoStore;
    /** Registers a client whose metadata names the logo, or changes it; undefined: names none. */
    readonly register: (clientId: string, uri: string | undefined) => Promise<void>;
  }>,
): void {
  describe(`${name}: logos of clients`, () => {
    it('keeps what was uploaded, and tells it by its hash', async () => {
      const { store, register } = await open();
      await register('shop', undefined);
      await store.put('shop', PNG, now);
      const logo = await store.find('shop');
      expect(logo).toEqual({
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        type: 'image/png',
        uri: undefined,
        storedAt: now,
      });
      const image = await store.read(logo?.hash ?? '');
      expect(image?.type).toBe('image/png');
      expect(Buffer.from(image?.bytes ?? [])).toEqual(PNG.bytes);
      expect(await store.remove('shop')).toBe(true);
      expect(await store.remove('shop')).toBe(false);
      expect(await store.find('shop')).toBeUndefined();
      expect(await store.read('0'.repeat(64))).toBeUndefined();
    });

    it('hands a logo that is due to one of those who ask, and again when its time comes', async () => {
      const { store, register } = await open();
      await register('shop', A);
      const at = { now, again: inMinutes(60), limit: 10 };
      const claims = await Promise.all([store.claimDue([], at), store.claimDue([], at)]);
      expect(claims.flat()).toEqual([{ clientId: 'shop', uri: A }]);
      expect(await store.find('shop')).toBeUndefined();
      await store.keepFetched({ clientId: 'shop', uri: A }, SVG, { now, again: inMinutes(1440) });
      expect(await store.find('shop')).toMatchObject({ type: 'image/svg+xml', uri: A });
      expect(await store.claimDue([], { ...at, now: inMinutes(1439) })).toEqual([]);
      expect(await store.claimDue([], { ...at, now: inMinutes(1440), again: inMinutes(1500) })).toHaveLength(
        1,
      );
      expect(await store.find('shop')).toMatchObject({ uri: A });
    });

    it('asks for a new address at once, and takes no late answer for the old one', async () => {
      const { store, register } = await open();
      await register('shop', A);
      const at = { now, again: inMinutes(60), limit: 10 };
      await store.claimDue([], at);
      await register('shop', B);
      expect(await store.claimDue([], at)).toEqual([{ clientId: 'shop', uri: B }]);
      await store.keepFetched({ clientId: 'shop', uri: A }, SVG, { now, again: inMinutes(1440) });
      expect(await store.find('shop')).toBeUndefined();
    });

    it('fetches nothing for a client with an uploaded logo', async () => {
      const { store, register } = await open();
      await register('shop', A);
      await store.put('shop', PNG, now);
      expect(await store.claimDue([], { now, again: inMinutes(60), limit: 10 })).toEqual([]);
    });

    it('takes declared clients too', async () => {
      const { store } = await open();
      const declared = [{ clientId: 'desktop', uri: A }];
      expect(await store.claimDue(declared, { now, again: inMinutes(60), limit: 10 })).toEqual(declared);
      expect(await store.purge([{ clientId: 'desktop', uri: A }])).toBe(0);
      expect(await store.purge([{ clientId: 'desktop', uri: undefined }])).toBe(1);
    });

    it('forgets logos of clients that are gone, and fetched ones that are no longer named', async () => {
      const { store, register } = await open();
      await register('shop', A);
      await register('desk', undefined);
      await store.claimDue([], { now, again: inMinutes(60), limit: 10 });
      await store.put('desk', PNG, now);
      await store.put('gone', PNG, now);
      expect(await store.purge([])).toBe(1);
      await register('shop', undefined);
      expect(await store.purge([])).toBe(1);
      expect(await store.find('desk')).toBeDefined();
    });
  });
}
