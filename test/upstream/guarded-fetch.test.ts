import { createGuardedFetch } from '../../src/upstream/guarded-fetch.js';
import { isPublicAddress } from '../../src/upstream/public-address.js';

describe('isPublicAddress', () => {
  it.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.31.0.1', '192.168.1.1'],
    ...['224.0.0.1', '255.255.255.255', '::', '::1', '::ffff:10.0.0.1', '::ffff:8.8.8.8', '64:ff9b::a00:1'],
    ...['fc00::1', 'fd12::1', 'fe80::1', 'fec0::1', 'ff02::1', '2002:a00:1::', 'localhost', ''],
  ])('refuses %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111'])('lets %s through', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('a guarded request (S58)', () => {
  const request = { method: 'GET', headers: {} };
  const guarded = createGuardedFetch({ allowLoopback: false, allowPrivate: false });

  it.each([
    ...['http://127.0.0.1:9/', 'http://[::1]:9/', 'http://169.254.169.254/', 'http://2130706433/'],
    ...['http://0x7f.1/', 'http://[::ffff:127.0.0.1]/', 'http://localhost:9/'],
  ])('does not reach %s', async (url) => {
    await expect(guarded(url, request)).rejects.toMatchObject({
      fault: 'unreachable',
      message: expect.stringContaining('private network') as string,
    });
  });

  it('reaches no private address where loopback is allowed', async () => {
    const developing = createGuardedFetch({ allowLoopback: true, allowPrivate: false });
    await expect(developing('http://10.0.0.1/', request)).rejects.toMatchObject({ fault: 'unreachable' });
  });
});
