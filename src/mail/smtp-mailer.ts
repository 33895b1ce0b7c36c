import { createTransport } from 'nodemailer';
import type { MailServerState } from '../domain/doctor/check-mail-server.js';
import type { Mailer } from '../domain/mail/mailer.js';
import type { ComposedMail, MailComposer } from './compose-mail.js';
import { domainOf, isMailAddress, readMailbox } from './mail-address.js';
import { smtpFault, type SmtpFault } from './smtp-fault.js';

export interface SmtpMailerOptions {
  /** `smtp:` or `smtps:`; with the password in it. */
  readonly url: string;
  /** An address, or `Name <address>`. */
  readonly from: string;
  /** The sender's name where `from` has none. */
  readonly defaultName: string;
  readonly composer: MailComposer;
}

/** What a mail server answered to a test mail. */
export type TestDelivery =
  | { readonly delivered: true; readonly answer: string }
  | ({ readonly delivered: false; readonly answer: string } & SmtpFault);

/** Sends mails to an SMTP server. */
export interface SmtpMailer extends Mailer {
  /** Sends a test mail at once, and tells what the server answered. */
  test(to: string): Promise<TestDelivery>;
  /** Connects, greets, encrypts and says the password, and sends nothing. */
  reach(): Promise<MailServerState>;
  close(): void;
}

/** Milliseconds; all together less than the lease of a mail. */
const CONNECT_MS = 10_000;
const GREETING_MS = 10_000;
const SILENCE_MS = 30_000;
const WHOLE_ATTEMPT_MS = 120_000;
const CONNECTIONS = 3;

/**
 * Sends mails through a pool of connections that opens with the first mail. TLS is as the URL says: `smtps:` from the
 * first byte on, `smtp:` as soon as the server offers it; a password is never sent without it, but to this machine.
 * @see RFC 5321, RFC 8314
 */
export function createSmtpMailer({ url, from, defaultName, composer }: SmtpMailerOptions): SmtpMailer {
  const sender = readMailbox(from, defaultName);
  const settings = {
    url,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: GREETING_MS,
    socketTimeout: SILENCE_MS,
    dnsTimeout: CONNECT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(sendsPasswordAway(url) ? { requireTLS: true } : {}),
  };
  const transport = createTransport({ ...settings, pool: true, maxConnections: CONNECTIONS });

  const send = (id: string, to: string, mail: ComposedMail) =>
    withinTime(
      transport.sendMail({
        from: sender,
        // As an object it is never read as a list of addresses.
        to: { name: '', address: to },
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        messageId: `<${id}@${domainOf(sender.address)}>`,
        headers: {
          'Content-Language': mail.language,
          // RFC 3834 §5, and what Exchange wants: no holiday notices come back.
          'Auto-Submitted': 'auto-generated',
          'X-Auto-Response-Suppress': 'All',
        },
      }),
    );

  const isEncrypted = async (): Promise<boolean> => {
    if (url.startsWith('smtps:') || sendsPasswordAway(url)) return true;
    // Without a password, TLS is used where it is offered; where it is not, insisting on it fails.
    const insisting = createTransport({ ...settings, requireTLS: true });
    try {
      return await insisting.verify().catch(() => false);
    } finally {
      insisting.close();
    }
  };

  return {
    async deliver(id, mail) {
      if (!isMailAddress(mail.to)) return { delivered: false, fault: 'recipient_invalid', permanent: true };
      try {
        await send(id, mail.to, composer.compose(mail));
        return { delivered: true };
      } catch (error) {
        const { fault, permanent } = smtpFault(error);
        return { delivered: false, fault, permanent };
      }
    },
    async test(to) {
      if (!isMailAddress(to)) {
        return {
          delivered: false,
          answer: '',
          fault: 'recipient_invalid',
          permanent: true,
          replyCode: undefined,
          step: undefined,
        };
      }
      try {
        const { response } = await send(`test-${Date.now().toString(36)}`, to, composer.composeTest());
        return { delivered: true, answer: response };
      } catch (error) {
        return { delivered: false, answer: answerOf(error), ...smtpFault(error) };
      }
    },
    async reach() {
      try {
        await withinTime(transport.verify());
        return { state: 'reached', encrypted: await isEncrypted() };
      } catch (error) {
        return { state: 'failed', fault: smtpFault(error).fault };
      }
    },
    close: () => {
      transport.close();
    },
  };
}

function sendsPasswordAway(url: string): boolean {
  const { username, hostname, searchParams } = new URL(url);
  return (
    username !== '' &&
    !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname) &&
    searchParams.get('ignoreTLS') !== 'true'
  );
}

async function withinTime<Result>(work: Promise<Result>): Promise<Result> {
  let deadline: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    deadline = setTimeout(() => {
      reject(Object.assign(new Error('The mail server did not finish in time.'), { code: 'ETIMEDOUT' }));
    }, WHOLE_ATTEMPT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(deadline);
  }
}

/** What the server said, or the error itself where it said nothing; never what was sent. */
function answerOf(error: unknown): string {
  const response: unknown =
    typeof error === 'object' && error !== null ? Reflect.get(error, 'response') : undefined;
  if (typeof response === 'string' && response !== '') return response;
  return error instanceof Error ? error.message : String(error);
}
