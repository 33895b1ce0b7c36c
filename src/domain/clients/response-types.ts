/**
 * What the authorization endpoint may answer besides `code`, in the spelling of discovery. Each is given only where the
 * deployment offers it and the client is registered for it. `token` alone is none of them: nothing would bind the access
 * token to the request.
 * @see OAuth 2.0 Multiple Response Type Encoding Practices §3, §4, §5, RFC 9700 §2.1.2
 */
export const FURTHER_RESPONSE_TYPES = [
  'code id_token',
  'id_token',
  'code token',
  'code id_token token',
  'id_token token',
  'none',
] as const;
export type FurtherResponseType = (typeof FURTHER_RESPONSE_TYPES)[number];

/** Everything that a client may be registered for. */
export type ResponseType = 'code' | FurtherResponseType;

/** The grant type of everything that comes without a visit to the token endpoint. @see RFC 7591 §2.1 */
export const IMPLICIT_GRANT = 'implicit';

/** Reads a response type, whose values may stand in any order; undefined when it is none. */
export function readResponseType(text: unknown): ResponseType | undefined {
  if (typeof text !== 'string') return undefined;
  const spelled = text.split(' ').sort().join(' ');
  return spelled === 'code' ? 'code' : FURTHER_RESPONSE_TYPES.find((known) => known === spelled);
}

/** Whether a browser carries something of it that is worth stealing, so that it may not stand in a query. */
export function isFrontChannel(type: ResponseType): boolean {
  return type.includes('token');
}

/** Whether a browser carries an access token. @see RFC 9700 §2.1.2 */
export function carriesAccessToken(type: ResponseType): boolean {
  return type.split(' ').includes('token');
}

/** The grant types without which a client cannot have the response types. @see RFC 7591 §2.1 */
export function grantTypesOf(types: readonly ResponseType[]): readonly string[] {
  return [
    ...(types.some((type) => type.split(' ').includes('code')) ? ['authorization_code'] : []),
    ...(types.some(isFrontChannel) ? [IMPLICIT_GRANT] : []),
  ];
}
