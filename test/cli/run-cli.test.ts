import { DomainError } from '../../src/domain/errors.js';
import { createFrame, registerProbe } from './terminal.js';

describe('the frame of the commands', () => {
  test('prints the result as text and as JSON, and closes what it opened', async () => {
    const frame = createFrame(
      registerProbe(
        () => Promise.resolve({ some_id: 7 }),
        () => 'seven',
      ),
    );
    expect(await frame.run(['probe'])).toEqual({ code: 0, out: 'seven\n', err: '' });
    const { code, out, err } = await frame.run(['probe', '--json']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual({ some_id: 7 });
    expect(frame.uses()).toEqual({ opened: 2, closed: 2 });
  });

  test('a refusal is one line per fault and exit code 1', async () => {
    const refusal = new DomainError('invalid_input', 'A. B.', [
      { field: 'email', code: 'required', detail: 'A.' },
      { field: 'address/country', code: 'country_invalid', detail: 'B.' },
      { field: 'scope', code: 'scope_unknown', detail: 'scope holds "x", unknown here.' },
    ]);
    const frame = createFrame(registerProbe(() => Promise.reject(refusal)));
    expect(await frame.run(['probe'])).toEqual({
      code: 1,
      out: '',
      err: 'Error in email: A.\nError in address/country: B.\nError: scope holds "x", unknown here.\n',
    });
    const { code, out, err } = await frame.run(['probe', '--json']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(JSON.parse(err)).toEqual({
      error: { code: 'invalid_input', message: 'A. B.', faults: refusal.faults },
    });
    expect(frame.uses()).toEqual({ opened: 2, closed: 2 });
  });

  test.each([
    [new DomainError('not_found', 'There is no such account.'), 'Error: There is no such account.\n'],
    [new RangeError('secret inner words'), 'Error: The database is away.\nError: Start it.\n'],
    [new Error('Something else.'), 'Error: Something else.\n'],
  ])('%s is told without a stack', async (error, err) => {
    const frame = createFrame(registerProbe(() => Promise.reject(error)));
    expect(await frame.run(['probe'])).toEqual({ code: 1, out: '', err });
    expect(frame.uses()).toEqual({ opened: 1, closed: 1 });
  });

  test('a failure that is no refusal has JSON too', async () => {
    const frame = createFrame(registerProbe(() => Promise.reject(new RangeError('x'))));
    expect(JSON.parse((await frame.run(['probe', '--json'])).err)).toEqual({
      error: { code: 'failed', message: 'The database is away.\nStart it.', faults: [] },
    });
  });

  test.each([
    [['nope'], "unknown command 'nope'"],
    [['prob'], 'Did you mean probe?'],
    [['prob', '--help'], 'Did you mean probe?'],
    [['help', 'prob'], 'Did you mean probe?'],
    [['probe', '--nope'], "unknown option '--nope'"],
    [['probe', 'one', 'two'], 'too many arguments'],
    [[], 'Usage: latchkey'],
  ])('%j is not understood: exit code 2', async (args, message) => {
    const frame = createFrame(registerProbe(() => Promise.resolve(0)));
    const { code, out, err } = await frame.run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect(frame.uses()).toEqual({ opened: 0, closed: 0 });
  });

  test.each([
    [['--help'], 'Examples:'],
    [['help', 'probe'], 'Usage: latchkey probe'],
    [['help'], 'Examples:'],
    [['help', '--help'], 'Examples:'],
    [['--version'], '1.2.3'],
  ])('%j answers on standard output: exit code 0', async (args, text) => {
    const { code, out, err } = await createFrame(registerProbe(() => Promise.resolve(0))).run(args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(text);
  });
});
