/** Why a single value is refused; it becomes a `ConfigFault` once the name of the setting is known. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly problem: string;
  readonly remedy: string;

  /**
   * @param problem what is wrong, without a full stop and without a secret
   * @param remedy what to do, as one or more sentences
   */
  constructor(problem: string, remedy: string) {
    super(problem);
    this.problem = problem;
    this.remedy = remedy;
  }
}

/** Quotes a value that is no secret for a message: control characters escaped, at most 80 characters. */
export function quote(value: string): string {
  const characters = Array.from(value);
  return JSON.stringify(characters.length > 80 ? `${characters.slice(0, 79).join('')}…` : value);
}
