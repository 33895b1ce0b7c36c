import type { JsonObject, JsonValue } from '../json.js';

/** A text in several languages, by BCP 47 tag. */
export interface LocalizedText {
  /** Where no other language fits. */
  readonly default: string;
  readonly byLanguage: Readonly<Record<string, string>>;
}

/** One member of an authorization detail beyond the common ones. */
export interface AuthorizationDetailField {
  readonly name: string;
  /** What people read before its value. */
  readonly label: LocalizedText;
  readonly required: boolean;
}

/**
 * What apps may ask for in detail, as the operator declares it.
 * @see RFC 9396 §2
 */
export interface AuthorizationDetailType {
  readonly type: string;
  /** What people read after "The app will be able to". */
  readonly sentence: LocalizedText;
  /** Actions that may be asked for; none: the member is refused. */
  readonly actions: readonly string[];
  /** Identifiers of resource servers that may be named; none: the member is refused. */
  readonly locations: readonly string[];
  readonly fields: readonly AuthorizationDetailField[];
}

/** Details of a request at most: somebody has to read them. */
export const MAX_DETAILS = 10;
/** Characters of a value, and members of a list or an object. */
const MAX_CHARACTERS = 500;
const MAX_MEMBERS = 20;

/** What turns text around or does not show would have people allow something else than they read. */
const DECEPTIVE_CHARACTERS = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;

/** The text in the language, or in one that it is a variety of. */
export function inLanguage(text: LocalizedText, tag: string): string {
  return text.byLanguage[tag] ?? text.byLanguage[tag.split('-', 1)[0] ?? ''] ?? text.default;
}

/**
 * What a detail asks for that its type does not allow: everything that people would not see is refused.
 * @returns undefined when it may be asked for
 * @see RFC 9396 §5
 */
export function authorizationDetailFault(
  detail: JsonObject,
  type: AuthorizationDetailType,
): string | undefined {
  const fields = new Map(type.fields.map((field) => [field.name, field]));
  for (const [name, value] of Object.entries(detail)) {
    if (name === 'type') continue;
    const problem =
      name === 'actions'
        ? listProblem(value, type.actions)
        : name === 'locations'
          ? listProblem(value, type.locations)
          : fields.has(name)
            ? valueProblem(value)
            : 'is not a member of this type';
    if (problem !== undefined) return `${JSON.stringify(name.slice(0, 100))} ${problem}`;
  }
  const missing = type.fields.find(({ name, required }) => required && !Object.hasOwn(detail, name));
  return missing && `"${missing.name}" is missing`;
}

/** A value as people read it. */
export function readableValue(value: JsonValue): string {
  if (Array.isArray(value)) return value.map((item: JsonValue) => readableValue(item)).join(', ');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, member]: readonly [string, JsonValue]) => `${name}: ${readableValue(member)}`)
      .join(', ');
  }
  return String(value);
}

function listProblem(value: JsonValue, allowed: readonly string[]): string | undefined {
  if (allowed.length === 0) return 'is not a member of this type';
  const isAllowed =
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((item) => typeof item === 'string' && allowed.includes(item));
  return isAllowed
    ? undefined
    : `must be a list of ${allowed.map((item) => JSON.stringify(item)).join(' or ')}, each once`;
}

/** A text, a number, true or false; or a list or an object of these, which is read in one line. */
function valueProblem(value: JsonValue): string | undefined {
  if (isPlain(value)) return undefined;
  const members = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const isFlat =
    members.length > 0 &&
    members.length <= MAX_MEMBERS &&
    members.every(([name, member]: readonly [string, JsonValue]) => isPlain(name) && isPlain(member));
  return isFlat
    ? undefined
    : `must be a text of at most ${MAX_CHARACTERS} characters, a number, true or false, or a list or an object of at most ${MAX_MEMBERS} of these`;
}

function isPlain(value: JsonValue): boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return true;
  return (
    typeof value === 'string' &&
    value !== '' &&
    value.length <= MAX_CHARACTERS &&
    !DECEPTIVE_CHARACTERS.test(value)
  );
}
