/** What the API answers to a request that it does not carry out. @see RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3 */
export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {Record<string, string>} [parameters] of the challenge: `error` and what belongs to it
   */
  constructor(status, parameters = {}) {
    super(parameters.error ?? 'no access token');
    this.status = status;
    this.parameters = parameters;
  }

  /**
   * The value of `WWW-Authenticate`.
   * @param {'Bearer' | 'DPoP'} scheme the one by which the token came
   */
  challenge(scheme) {
    const pairs = Object.entries(this.parameters).map(([name, value]) => `${name}="${value}"`);
    return [scheme, pairs.join(', ')].join(' ').trim();
  }
}
