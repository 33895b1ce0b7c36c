import { detectImageType } from '../../../src/domain/branding/image-type.js';

const typeOf = (text: string) => detectImageType(Buffer.from(text, 'latin1'));

test('tells an SVG by its root, whatever stands before it', () => {
  expect(typeOf('<svg xmlns="http://www.w3.org/2000/svg"/>')).toBe('image/svg+xml');
  const before =
    '\u00ef\u00bb\u00bf <?xml version="1.0"?>\n<!-- one --><!-- -- > two -->\n<!DOCTYPE svg PUBLIC "a">';
  expect(typeOf(`${before}<svg>`)).toBe('image/svg+xml');
  expect(typeOf('<p><svg></p>')).toBeUndefined();
});

test('takes a comment to end where it first ends, so that many of them are read once (CWE-1333)', () => {
  expect(typeOf('<!-- one --> text <!-- two --><svg>')).toBeUndefined();
  expect(typeOf('<!---->'.repeat(500))).toBeUndefined();
});
