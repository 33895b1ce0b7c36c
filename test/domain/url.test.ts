import { parseUrl } from '../../src/domain/url.js';

describe('parseUrl', () => {
  test('reads a URL with letters beyond ASCII, however often it is asked', () => {
    // Node 20 optimises a call after a few thousand times, and its URL.canParse answers wrongly from then on.
    const refused = Array.from({ length: 50_000 }, () => parseUrl('https://bücher.example')).filter(
      (url) => url?.host !== 'xn--bcher-kva.example',
    );
    expect(refused).toEqual([]);
  });

  test('reads a relative URL with its base', () => {
    expect(parseUrl('/a?b', 'https://id.example.com')?.href).toBe('https://id.example.com/a?b');
  });

  test.each(['', 'nothing', '/a', 'https://', 'http://[::1'])('%j is no URL', (text) => {
    expect(parseUrl(text)).toBeUndefined();
  });
});
