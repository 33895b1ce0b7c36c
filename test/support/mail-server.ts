import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A mail server on this machine, which keeps what it gets. */
export interface MailServer {
  /** For SMTP_URL. */
  readonly url: string;
  /** Everything that was taken, in order. */
  readonly mails: readonly ParsedMail[];
  /** The next mail to that address that nobody has asked for yet, as soon as it comes. */
  nextMail(to: string): Promise<ParsedMail>;
  /** What comes next is refused with that reply, until it is told undefined. */
  refuse(reply: { readonly code: number; readonly at: 'recipient' | 'data' } | undefined): void;
  close(): Promise<void>;
}

/** @param options.port default: a free one */
export async function startMailServer({
  port = 0,
  ...options
}: { readonly port?: number } & SMTPServerOptions = {}): Promise<MailServer> {
  const mails: ParsedMail[] = [];
  const untaken: { readonly to: readonly string[]; readonly mail: ParsedMail }[] = [];
  const waiting: { readonly to: string; readonly resolve: (mail: ParsedMail) => void }[] = [];
  let refusal: { readonly code: number; readonly at: 'recipient' | 'data' } | undefined;

  const refusedAt = (at: 'recipient' | 'data'): Error | undefined =>
    refusal?.at === at
      ? Object.assign(new Error('refused by the test'), { responseCode: refusal.code })
      : undefined;
  const hand = (to: readonly string[], mail: ParsedMail): void => {
    mails.push(mail);
    const index = waiting.findIndex((one) => to.includes(one.to));
    const [waiter] = index === -1 ? [] : waiting.splice(index, 1);
    if (waiter) waiter.resolve(mail);
    else untaken.push({ to, mail });
  };

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    onRcptTo: (_address, _session, done) => {
      done(refusedAt('recipient'));
    },
    onData(stream, session, done) {
      simpleParser(stream).then((mail) => {
        const error = refusedAt('data');
        if (error) {
          done(error);
          return;
        }
        hand(
          session.envelope.rcptTo.map(({ address }) => address),
          mail,
        );
        done();
      }, done);
    },
    ...options,
  });
  server.on('error', () => undefined);
  const listening = server.listen(port, '127.0.0.1');
  await once(listening, 'listening');
  const { port: taken } = listening.address() as AddressInfo;

  return {
    url: `smtp://127.0.0.1:${taken}`,
    mails,
    nextMail(to) {
      const index = untaken.findIndex((one) => one.to.includes(to));
      const [found] = index === -1 ? [] : untaken.splice(index, 1);
      return found ? Promise.resolve(found.mail) : new Promise((resolve) => waiting.push({ to, resolve }));
    },
    refuse(reply) {
      refusal = reply;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}

/** The first link of a mail that leads to a path. @throws {Error} when there is none */
export function linkIn({ text = '' }: Pick<ParsedMail, 'text'>, path: string): string {
  const link = text
    .split('\n')
    .find((line) => /^https?:/.test(line) && new URL(line).pathname.startsWith(path));
  if (link === undefined) throw new Error(`The mail has no link to ${path}.`);
  return link;
}
