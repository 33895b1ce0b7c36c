import fc from 'fast-check';
import {
  ACR_OF_LEVEL,
  amrOf,
  AUTHENTICATION_LEVELS,
  levelOf,
  reaches,
} from '../../../src/domain/sign-in/authentication-level.js';
import type { AuthenticationMethod } from '../../../src/domain/sign-in/authentication-method.js';
import {
  hasSecondFactor,
  nextSignInStep,
  type SecondFactors,
  type SignInStep,
} from '../../../src/domain/sign-in/next-sign-in-step.js';
import { proofsOfSession } from '../../../src/domain/sign-in/sign-in-attempt.js';
import {
  SECOND_FACTOR_POLICIES,
  signInRequirement,
  type SignInRequirement,
} from '../../../src/domain/sign-in/sign-in-requirement.js';

const METHODS = ['password', 'passkey', 'totp', 'recovery_code', 'email_link', 'upstream'] as const;
const given = (...methods: readonly AuthenticationMethod[]) => methods.map((method) => ({ method, at: 1 }));

const NONE: SecondFactors = { totp: false, recoveryCodes: 0, passkeys: 0 };
const TOTP: SecondFactors = { totp: true, recoveryCodes: 10, passkeys: 0 };
const BOTH: SecondFactors = { totp: true, recoveryCodes: 0, passkeys: 2 };
const ASKS_NOTHING: SignInRequirement = { policy: 'off', demanded: undefined, preferred: [] };

describe('what proofs are worth (RFC 8176 §2)', () => {
  test.each<[readonly AuthenticationMethod[], string | undefined, readonly string[]]>([
    [['password'], 'single', ['pwd']],
    [['email_link'], 'single', ['otp']],
    [['upstream'], 'single', ['fed']],
    [['passkey'], 'phishing_resistant', ['pop', 'user', 'mfa']],
    [['password', 'totp'], 'multi', ['pwd', 'otp', 'mfa']],
    [['password', 'recovery_code'], 'multi', ['pwd', 'otp', 'mfa']],
    [['email_link', 'totp'], 'multi', ['otp', 'mfa']],
    [['password', 'passkey'], 'phishing_resistant', ['pwd', 'pop', 'user', 'mfa']],
    // Whoever reads the mailbox may reset the password: that is one factor.
    [['password', 'email_link'], 'single', ['pwd', 'otp']],
    [['totp'], undefined, ['otp']],
    [['totp', 'recovery_code'], undefined, ['otp']],
    [[], undefined, []],
  ])('%j', (methods, level, amr) => {
    expect(levelOf(given(...methods))).toBe(level);
    expect(amrOf(given(...methods))).toEqual(amr);
  });

  test('of another provider tells what that one said, and is one factor here', () => {
    const proofs = [{ method: 'upstream' as const, at: 1, amr: ['pwd', 'otp', 'mfa'] }];
    expect(levelOf(proofs)).toBe('single');
    expect(amrOf(proofs)).toEqual(['pwd', 'otp', 'fed']);
  });

  test.each(AUTHENTICATION_LEVELS)('a session of the level %s is worth that level', (level) => {
    const session = {
      accountId: 'a',
      amr: ['pwd', 'otp', 'fed', 'mfa'],
      acr: ACR_OF_LEVEL[level],
      signedInAt: 1,
    };
    expect(levelOf(proofsOfSession(session))).toBe(level);
  });

  test('a session without acr, from before there were any, is worth one factor', () => {
    const session = { accountId: 'a', amr: ['pwd', 'otp', 'mfa'], acr: undefined, signedInAt: 1 };
    expect(levelOf(proofsOfSession(session))).toBe('single');
  });
});

describe('the next step', () => {
  test.each<
    [string, Partial<SignInRequirement>, SecondFactors, readonly AuthenticationMethod[], boolean, object]
  >([
    ['off asks nobody', {}, TOTP, ['password'], false, { kind: 'done' }],
    [
      'optional asks whoever has one',
      { policy: 'optional' },
      TOTP,
      ['password'],
      false,
      { kind: 'challenge', methods: ['totp', 'recovery_code'] },
    ],
    [
      'the best way comes first',
      { policy: 'optional' },
      BOTH,
      ['password'],
      false,
      { kind: 'challenge', methods: ['passkey', 'totp'] },
    ],
    [
      'optional lets go whoever has none',
      { policy: 'optional' },
      NONE,
      ['password'],
      false,
      { kind: 'done' },
    ],
    [
      'required has whoever has none set one up',
      { policy: 'required' },
      NONE,
      ['password'],
      false,
      { kind: 'enrol', kinds: ['totp', 'passkey'] },
    ],
    [
      'a remembered browser is not asked by policy',
      { policy: 'required' },
      TOTP,
      ['password'],
      true,
      { kind: 'done', level: 'single' },
    ],
    [
      'a remembered browser is asked on demand',
      { demanded: 'multi' },
      TOTP,
      ['password'],
      true,
      { kind: 'challenge' },
    ],
    [
      'a passkey alone is enough',
      { policy: 'required', demanded: 'multi' },
      BOTH,
      ['passkey'],
      false,
      { kind: 'done', level: 'phishing_resistant' },
    ],
    [
      'codes do not resist phishing',
      { demanded: 'phishing_resistant' },
      BOTH,
      ['password', 'totp'],
      false,
      { kind: 'challenge', methods: ['passkey'] },
    ],
    [
      'a passkey that is demanded is set up',
      { demanded: 'phishing_resistant' },
      TOTP,
      ['password', 'totp'],
      false,
      { kind: 'enrol', kinds: ['passkey'] },
    ],
    [
      'what there is comes before what is set up',
      { demanded: 'phishing_resistant' },
      TOTP,
      ['password'],
      false,
      { kind: 'challenge', methods: ['totp', 'recovery_code'], wanted: 'phishing_resistant' },
    ],
    [
      'a wish is met where it can be',
      { preferred: ['phishing_resistant', 'multi'] },
      TOTP,
      ['password'],
      false,
      { kind: 'challenge', wanted: 'multi' },
    ],
    [
      'a wish that cannot be met is let go',
      { preferred: ['phishing_resistant'] },
      TOTP,
      ['password'],
      false,
      { kind: 'done', level: 'single' },
    ],
    ['a code is no first factor', {}, TOTP, ['totp'], true, { kind: 'first_factor' }],
  ])('%s', (_, requirement, factors, methods, isRemembered, step) => {
    expect(
      nextSignInStep({
        proofs: given(...methods),
        factors,
        requirement: { ...ASKS_NOTHING, ...requirement },
        isRemembered,
        passwordTemporary: false,
        emailMissing: false,
      }),
    ).toMatchObject(step);
  });

  test('is never the end before what is required is reached (S34)', () => {
    const level = fc.constantFrom(...AUTHENTICATION_LEVELS);
    const input = fc.record({
      proofs: fc.array(fc.constantFrom(...METHODS)).map((methods) => given(...methods)),
      factors: fc.record({ totp: fc.boolean(), recoveryCodes: fc.nat(10), passkeys: fc.nat(2) }),
      requirement: fc.record({
        policy: fc.constantFrom(...SECOND_FACTOR_POLICIES),
        demanded: fc.option(level, { nil: undefined }),
        preferred: fc.array(level),
      }),
      isRemembered: fc.boolean(),
      passwordTemporary: fc.boolean(),
      emailMissing: fc.boolean(),
    });
    fc.assert(
      fc.property(input, (given) => {
        const { proofs, factors, requirement, isRemembered, passwordTemporary, emailMissing } = given;
        const step = nextSignInStep(given);
        if (step.kind === 'challenge') expect(step.methods).not.toEqual([]);
        if (step.kind === 'enrol') {
          expect(step.kinds).not.toEqual([]);
          // Nobody gets round a second factor by setting another one up.
          if (hasSecondFactor(factors)) expect(reaches(levelOf(proofs), 'multi')).toBe(true);
        }
        // Nobody has mails sent before they have proved all the rest.
        if (step.kind === 'verify_email') {
          expect(nextSignInStep({ ...given, emailMissing: false }).kind).toBe('done');
        }
        if (step.kind !== 'done') return;
        expect(levelOf(proofs)).toBe(step.level);
        expect(emailMissing).toBe(false);
        if (proofs.some(({ method }) => method === 'password')) expect(passwordTemporary).toBe(false);
        if (requirement.demanded !== undefined) expect(reaches(step.level, requirement.demanded)).toBe(true);
        const byPolicy =
          requirement.policy === 'required' ||
          (requirement.policy === 'optional' && hasSecondFactor(factors));
        if (byPolicy && !isRemembered) expect(reaches(step.level, 'multi')).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each<[string, SecondFactors, readonly AuthenticationMethod[], SignInStep['kind']]>([
    ['is changed before there is a session', NONE, ['password'], 'change_password'],
    ['is changed after the second factor', TOTP, ['password'], 'challenge'],
    ['is changed once the second factor is proved', TOTP, ['password', 'totp'], 'change_password'],
    [
      'is changed also by whoever proved a passkey after it',
      BOTH,
      ['password', 'passkey'],
      'change_password',
    ],
    ['is changed also by whoever opened a link before', NONE, ['email_link', 'password'], 'change_password'],
    ['concerns nobody who signs in by a passkey', BOTH, ['passkey'], 'done'],
    ['concerns nobody who signs in by a link', NONE, ['email_link'], 'done'],
    ['concerns nobody who signs in by another provider', NONE, ['upstream'], 'done'],
    ['asks nothing of whoever has proved no first factor', NONE, [], 'first_factor'],
  ])('a temporary password %s (ASVS 5.0 V6.4.6)', (_, factors, methods, kind) => {
    const step = nextSignInStep({
      proofs: given(...methods),
      factors,
      requirement: { ...ASKS_NOTHING, policy: 'optional' },
      isRemembered: false,
      passwordTemporary: true,
      emailMissing: false,
    });
    expect(step.kind).toBe(kind);
  });

  test('a proof by any way that it offers leads on', () => {
    const step = nextSignInStep({
      proofs: given('password'),
      factors: BOTH,
      requirement: { ...ASKS_NOTHING, demanded: 'multi' },
      isRemembered: false,
      passwordTemporary: false,
      emailMissing: false,
    });
    expect(step.kind).toBe('challenge');
    for (const method of step.kind === 'challenge' ? step.methods : []) {
      const next = nextSignInStep({
        proofs: given('password', method),
        factors: BOTH,
        requirement: { ...ASKS_NOTHING, demanded: 'multi' },
        isRemembered: false,
        passwordTemporary: false,
        emailMissing: false,
      });
      expect(next.kind).toBe('done');
    }
  });
});

describe('what is required', () => {
  const settings = { policy: 'optional' as const, roles: ['admin'], rememberDays: 30 };
  const nobody = { effectiveRoles: [] };
  const unasked = { essential: undefined, voluntary: [] };
  const requirement = (input: Partial<Parameters<typeof signInRequirement>[0]>) =>
    signInRequirement({
      settings,
      account: nobody,
      clientRequiresSecondFactor: false,
      requested: unasked,
      ...input,
    });

  test('by role', () => {
    expect(requirement({ account: { effectiveRoles: ['admin'] } }).policy).toBe('required');
    expect(requirement({}).policy).toBe('optional');
  });

  test('is the strongest of client and request; of several essential values any will do', () => {
    const essential = { essential: ['phr', ACR_OF_LEVEL.multi], voluntary: [] };
    expect(requirement({ requested: essential }).demanded).toBe('multi');
    expect(requirement({ requested: { ...essential, essential: [ACR_OF_LEVEL.single] } }).demanded).toBe(
      'single',
    );
    expect(
      requirement({
        clientRequiresSecondFactor: true,
        requested: { ...essential, essential: [ACR_OF_LEVEL.single] },
      }).demanded,
    ).toBe('multi');
    expect(requirement({ requested: { essential: ['phr'], voluntary: [] } }).demanded).toBe(
      'phishing_resistant',
    );
  });

  test('by wish keeps the order, and leaves out what nobody knows', () => {
    const requested = { essential: undefined, voluntary: ['urn:example:gold', 'phr', ACR_OF_LEVEL.multi] };
    expect(requirement({ requested }).preferred).toEqual(['phishing_resistant', 'multi']);
  });
});
