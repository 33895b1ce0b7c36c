import { timingSafeEqual } from 'node:crypto';
import { ACCOUNT_LINK_KINDS } from '../../domain/account-links/account-link.js';
import { ACCOUNT_PATH } from '../../domain/clients/account-client.js';
import type { KeyedHash } from '../../domain/sealing.js';
import { parseUrl } from '../../domain/url.js';

/** Carries a page of the account through a sign-in, in the request's `state`. */
export interface ReturnAddress {
  /** @param path path and query of a page of the account */
  toState(path: string): string;
  /** @returns the page; the account's first one for a `state` that this server did not make */
  fromState(state: string | undefined): string;
}

/** Longer addresses lead to the first page: the request has to stay short. */
const LONGEST_PATH = 1_000;

/** Where people come back to: a page of this server's own, whoever wrote the address. */
export function createReturnAddress(hash: KeyedHash): ReturnAddress {
  const mark = (path: string): Buffer => hash(`return address\0${path}`);
  return {
    toState(path) {
      const kept = isPageOfAccount(path) && path.length <= LONGEST_PATH ? path : ACCOUNT_PATH;
      return `${Buffer.from(kept).toString('base64url')}.${mark(kept).toString('base64url')}`;
    },
    fromState(state) {
      const [encoded = '', presented = ''] = (state ?? '').split('.');
      const path = Buffer.from(encoded, 'base64url').toString();
      const expected = mark(path);
      const actual = Buffer.from(presented, 'base64url');
      const isOurs = actual.length === expected.length && timingSafeEqual(actual, expected);
      return isOurs && isPageOfAccount(path) ? path : ACCOUNT_PATH;
    },
  };
}

/** Of the account's pages: the link of a change of email is for its owner alone, who may sign in first. */
const PAGES: readonly string[] = [ACCOUNT_PATH, ACCOUNT_LINK_KINDS.email_change.path];

/** Below the path of one of these pages on this origin, however browsers read the text. */
function isPageOfAccount(path: string): boolean {
  const origin = 'https://origin.invalid';
  const url = parseUrl(path, origin);
  if (url === undefined) return false;
  const { pathname } = url;
  const isBelow = PAGES.some((page) => pathname === page || pathname.startsWith(`${page}/`));
  return url.origin === origin && isBelow && `${pathname}${url.search}` === path;
}
