import { setTimeout as wait } from 'node:timers/promises';
import type { Application } from '../../src/composition/application.js';
import type { Mail } from '../../src/domain/mail/mail.js';

/** Reads the mails of a server in development, which keeps them. */
export interface MailReader {
  /** The newest mail to sign up, as soon as it is there. */
  registration(to: string): Promise<{ readonly link: string; readonly code: string }>;
  /** The newest link to choose a password, as soon as it is there. */
  passwordReset(to: string): Promise<string>;
  /** The newest link to verify an address, as soon as it is there. */
  emailVerification(to: string): Promise<string>;
  /** The newest link to change to the address, as soon as it is there. */
  emailChange(to: string): Promise<string>;
  /** The kinds of all mails to the address, the oldest first. */
  kindsTo(to: string): Promise<readonly string[]>;
}

const PATIENCE_MS = 10_000;
const STEP_MS = 50;

export function openMailReader({ stores }: Application): MailReader {
  const mailsTo = async (to: string): Promise<readonly Mail[]> =>
    (await stores.mailQueue.listKept(500)).map(({ mail }) => mail).filter((mail) => mail.to === to);
  // Some mails are written only after the answer, and nothing tells another process of it.
  const newest = async (to: string, kind: string): Promise<Mail> => {
    for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
      const found = (await mailsTo(to)).find((mail) => mail.kind === kind);
      if (found) return found;
      await wait(STEP_MS);
    }
    throw new Error(`There is no mail of the kind ${kind} to ${to}.`);
  };
  const valueOf = ({ values }: Mail, name: string): string => {
    const value: unknown = Reflect.get(values, name);
    if (typeof value !== 'string') throw new Error(`The mail has no ${name}.`);
    return value;
  };
  return {
    async registration(to) {
      const mail = await newest(to, 'registration');
      return { link: valueOf(mail, 'link'), code: valueOf(mail, 'code') };
    },
    async passwordReset(to) {
      return valueOf(await newest(to, 'password-reset'), 'link');
    },
    async emailVerification(to) {
      return valueOf(await newest(to, 'email-verification'), 'link');
    },
    async emailChange(to) {
      return valueOf(await newest(to, 'email-change'), 'link');
    },
    async kindsTo(to) {
      return (await mailsTo(to)).map(({ kind }) => kind).reverse();
    },
  };
}
