import type { MailFault } from '../domain/mail/mail-queue.js';

/** What a mail server or the way to it said, as a stable code. */
export interface SmtpFault {
  readonly fault: MailFault;
  /** Another try would fare no better. */
  readonly permanent: boolean;
  /** @see RFC 5321 §4.2 */
  readonly replyCode: number | undefined;
  /** Which step failed, for instance `MAIL FROM`. */
  readonly step: string | undefined;
}

/**
 * Tells what an error of the SMTP client means. A wrong password and a bad certificate are no fault of the mail, so it
 * is tried again: an operator may mend them.
 */
export function smtpFault(error: unknown): SmtpFault {
  const code = textOf(error, 'code');
  const replyCode = numberOf(error, 'responseCode');
  const step = textOf(error, 'command');
  const fault = (name: MailFault, permanent = false): SmtpFault => ({
    fault: name,
    permanent,
    replyCode,
    step,
  });
  if (isTlsFailure(code, textOf(error, 'originalCode'), error)) return fault('tls_failed');
  if (code === 'EAUTH' || code === 'ENOAUTH' || replyCode === 530 || replyCode === 535)
    return fault('authentication_failed');
  // 503 tells of a session out of order, not of the mail.
  if (replyCode !== undefined && replyCode >= 500 && replyCode !== 503) return fault('refused', true);
  if (replyCode !== undefined && replyCode >= 400) return fault('refused_for_now');
  if (code === 'EENVELOPE') return fault('recipient_invalid', true);
  if (code !== undefined && UNREACHABLE.has(code)) return fault('server_unreachable');
  return fault('failed');
}

const UNREACHABLE = new Set([
  'ECONNECTION',
  'ETIMEDOUT',
  'ESOCKET',
  'EDNS',
  'EPROTOCOL',
  'ECONNRESET',
  'EPIPE',
]);

function isTlsFailure(code: string | undefined, originalCode: string | undefined, error: unknown): boolean {
  if (code === 'ETLS') return true;
  // OpenSSL's and Node's codes for certificates, and "wrong version number" where a port speaks no TLS.
  const cause = `${originalCode ?? ''} ${code ?? ''} ${error instanceof Error ? error.message : ''}`;
  return /\bERR_(SSL|TLS)_|CERT|SELF_SIGNED|UNABLE_TO_|wrong version number/.test(cause);
}

function textOf(error: unknown, name: string): string | undefined {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

function numberOf(error: unknown, name: string): number | undefined {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'number' ? value : undefined;
}
