import { readFile } from 'node:fs/promises';
import { withDeadline } from '../../src/storage/with-deadline.js';
import { standStill } from '../support/stand-still.js';

const isLate = () => new Error('late');
/** Something outside, which answers while this process stands still, and whose answer is read later. */
const ask = () => readFile(import.meta.filename, 'utf8');

describe('a deadline', () => {
  test('ends a wait for what does not answer', async () => {
    await expect(withDeadline(new Promise(() => undefined), 5, isLate)).rejects.toThrow('late');
  });

  test('gives on what is answered, and what fails, in time', async () => {
    await expect(withDeadline(Promise.resolve('answer'), 5, isLate)).resolves.toBe('answer');
    await expect(withDeadline(Promise.reject(new Error('refused')), 5, isLate)).rejects.toThrow('refused');
  });

  test('does not hold against the other side that this process stood still', async () => {
    const twice = withDeadline(
      ask().then(() => ask()),
      500,
      isLate,
    );
    standStill(700);
    await expect(twice).resolves.toContain('stood still');
  });

  test('is kept by one that stood still, the second time', async () => {
    const never = withDeadline(new Promise(() => undefined), 5, isLate);
    standStill(200);
    await expect(never).rejects.toThrow('late');
  });
});
