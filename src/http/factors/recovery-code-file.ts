import type { Context } from 'koa';
import { tidyRecoveryCode, RECOVERY_CODES } from '../../domain/factors/recovery-code.js';

/** The codes that a form brings back, as they were shown; undefined where they are none. */
export function postedRecoveryCodes(form: ReadonlyMap<string, string>): readonly string[] | undefined {
  const codes = (form.get('codes') ?? '').split(' ');
  const areCodes =
    codes.length === RECOVERY_CODES && codes.every((code) => /^[0-9a-z]{4}(-[0-9a-z]{4}){2}$/.test(code));
  return areCodes && codes.every((code) => tidyRecoveryCode(code) !== undefined) ? codes : undefined;
}

/** Answers the codes as a file to keep. */
export function answerRecoveryCodeFile(ctx: Context, codes: readonly string[], issuer: string): void {
  ctx.type = 'text/plain; charset=utf-8';
  ctx.set('Cache-Control', 'no-store');
  ctx.set('Content-Disposition', 'attachment; filename="recovery-codes.txt"');
  ctx.body = `${issuer}\r\n\r\n${codes.join('\r\n')}\r\n`;
}
