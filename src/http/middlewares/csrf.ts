import { timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import { DomainError } from '../../domain/errors.js';
import type { KeyedHash } from '../../domain/sealing.js';

/** Protects the forms of the hosted pages against being posted from elsewhere. */
export interface Csrf {
  /** The token of a form. @param purpose the form and what it belongs to, for instance an interaction's uid */
  token(purpose: string): string;
  /** @throws {DomainError} `form_rejected` when the form was not posted from a page of this server */
  check(ctx: Context, purpose: string, token: string | undefined): void;
}

/** @param issuer its origin is the only one that forms may come from */
export function createCsrf(hash: KeyedHash, issuer: string): Csrf {
  const { origin } = new URL(issuer);
  const token = (purpose: string): string => hash(`csrf\0${purpose}`).toString('base64url');
  return {
    token,
    check(ctx, purpose, presented = '') {
      const expected = Buffer.from(token(purpose));
      const actual = Buffer.from(presented);
      const isOurs = expected.length === actual.length && timingSafeEqual(expected, actual);
      const site = ctx.get('sec-fetch-site');
      const sentFrom = ctx.get('origin');
      const isSameSite = (site === '' || site === 'same-origin') && (sentFrom === '' || sentFrom === origin);
      if (isOurs && isSameSite) return;
      throw new DomainError('form_rejected', 'The form was not posted from a page of this server.');
    },
  };
}
