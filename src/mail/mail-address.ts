import { emailFaults } from '../domain/accounts/email-address.js';
import { oneLine } from './one-line.js';

/** A sender as headers name it. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

/** Whether mail can be sent there: one address, without anything that could steer a header or the protocol. */
export function isMailAddress(address: string): boolean {
  return address === address.trim() && emailFaults(address).length === 0;
}

/**
 * Reads a sender.
 * @param from an address, or `Name <address>`
 * @param defaultName the name where it has none
 */
export function readMailbox(from: string, defaultName: string): Mailbox {
  const match = /^(.*)<([^<>]*)>\s*$/s.exec(from);
  const name = oneLine(match?.[1] ?? '');
  return { name: name === '' ? oneLine(defaultName) : name, address: oneLine(match?.[2] ?? from) };
}

/** The part behind the @. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
