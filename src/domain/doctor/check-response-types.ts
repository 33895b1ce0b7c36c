import { carriesAccessToken, type FurtherResponseType } from '../clients/response-types.js';
import { warning, type Finding } from './finding.js';

/** Whether browsers carry access tokens to applications. @param offered response types besides `code` */
export function checkResponseTypes(offered: readonly FurtherResponseType[]): readonly Finding[] {
  const withToken = offered.filter(carriesAccessToken);
  if (withToken.length === 0) return [];
  return [
    warning(
      'response_types.token',
      `Browsers carry access tokens to applications, where they leak and are replayed: features.response_types has ${withToken.map((type) => JSON.stringify(type)).join(', ')} (RFC 9700 §2.1.2).`,
      'Have the applications ask for "code" or "code id_token" instead, and remove these response types.',
    ),
  ];
}
