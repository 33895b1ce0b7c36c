import { randomBytes } from 'node:crypto';
import { createSealedBox } from '../../src/security/sealed-box.js';

describe('a sealed box', () => {
  const box = createSealedBox(randomBytes(32));
  const context = Buffer.from('row 1');
  const text = Buffer.from('a text \0 with anything in it');

  test('opens to what was sealed', () => {
    expect(box.open(box.seal(text, context), context)).toEqual(text);
    expect(box.open(box.seal(Buffer.alloc(0), context), context)).toEqual(Buffer.alloc(0));
  });

  test('seals the same text differently each time, and shows nothing of it', () => {
    const sealed = box.seal(text, context);
    expect(sealed).not.toEqual(box.seal(text, context));
    expect(sealed.includes(Buffer.from('a text'))).toBe(false);
  });

  test('does not open under another context or key', () => {
    const sealed = box.seal(text, context);
    expect(() => box.open(sealed, Buffer.from('row 2'))).toThrow();
    expect(() => createSealedBox(randomBytes(32)).open(sealed, context)).toThrow();
  });

  test('does not open when any byte was changed or cut off', () => {
    const sealed = box.seal(text, context);
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => box.open(changed, context)).toThrow();
      expect(() => box.open(sealed.subarray(0, index), context)).toThrow();
    }
  });
});
