import { mergeSessions } from '../../src/provider/merge-sessions.js';

describe('merging what two requests made of one session', () => {
  test('keeps my changes, and theirs where I changed nothing', () => {
    const base = { accountId: 'ada', amr: ['pwd'], state: { secret: '1' }, exp: 1 };
    const mine = { accountId: 'ada', amr: ['pwd', 'otp'], state: { secret: '1' }, exp: 2 };
    const theirs = { accountId: 'ada', amr: ['pwd'], exp: 3, loginTs: 5 };
    expect(mergeSessions(base, mine, theirs)).toEqual({
      accountId: 'ada',
      amr: ['pwd', 'otp'],
      exp: 2,
      loginTs: 5,
    });
  });

  test('merges authorizations client by client', () => {
    const base = { authorizations: { kept: { sid: '0' }, ended: { sid: '1' }, renewed: { grantId: 'a' } } };
    const mine = { authorizations: { kept: { sid: '0' }, renewed: { grantId: 'b' }, added: { sid: '2' } } };
    const theirs = { authorizations: { ...base.authorizations, other: { sid: '3' } } };
    expect(mergeSessions(base, mine, theirs)).toEqual({
      authorizations: {
        kept: { sid: '0' },
        renewed: { grantId: 'b' },
        added: { sid: '2' },
        other: { sid: '3' },
      },
    });
  });
});
