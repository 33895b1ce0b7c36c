/** One attribute of a name: its type as an object identifier where it is a known one, and its value. */
export interface NameAttribute {
  readonly type: string;
  readonly value: string;
}

/** Attributes that stand together, in any order; most often one. */
export type RelativeName = readonly NameAttribute[];

/** Short names, as RFC 4514 §3 and OpenSSL write them. */
const OBJECT_IDENTIFIERS: ReadonlyMap<string, string> = new Map([
  ['CN', '2.5.4.3'],
  ['SN', '2.5.4.4'],
  ['SERIALNUMBER', '2.5.4.5'],
  ['C', '2.5.4.6'],
  ['L', '2.5.4.7'],
  ['ST', '2.5.4.8'],
  ['STREET', '2.5.4.9'],
  ['O', '2.5.4.10'],
  ['OU', '2.5.4.11'],
  ['TITLE', '2.5.4.12'],
  ['BUSINESSCATEGORY', '2.5.4.15'],
  ['GN', '2.5.4.42'],
  ['ORGANIZATIONIDENTIFIER', '2.5.4.97'],
  ['UID', '0.9.2342.19200300.100.1.1'],
  ['DC', '0.9.2342.19200300.100.1.25'],
  ['E', '1.2.840.113549.1.9.1'],
  ['EMAILADDRESS', '1.2.840.113549.1.9.1'],
  ['JURISDICTIONC', '1.3.6.1.4.1.311.60.2.1.3'],
]);

const MAX_CHARACTERS = 2048;
const TYPE = /^(?:OID\.)?([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)$/i;
/** What may stand behind a backslash for itself. @see RFC 4514 §2.4 */
const SPECIAL = ' "#+,;<=>\\';

/**
 * Reads a distinguished name in its text form, the most specific part first: `CN=api,O=Example,C=DE`.
 * @returns undefined when the text is no name
 * @see RFC 4514 §3
 */
export function parseDistinguishedName(text: string): readonly RelativeName[] | undefined {
  if (text.trim() === '' || text.length > MAX_CHARACTERS) return undefined;
  const names: RelativeName[] = [];
  for (const part of splitUnescaped(text, ',')) {
    const attributes = splitUnescaped(part, '+').map(parseAttribute);
    const sound = attributes.filter((attribute) => attribute !== undefined);
    if (sound.length !== attributes.length) return undefined;
    names.push(sound);
  }
  return names;
}

/** Whether two names are the same: the same attributes in the same places, values compared exactly. */
export function isSameDistinguishedName(a: readonly RelativeName[], b: readonly RelativeName[]): boolean {
  return JSON.stringify(a.map(comparable)) === JSON.stringify(b.map(comparable));
}

function comparable(name: RelativeName): readonly string[] {
  return name.map(({ type, value }) => `${type}=${value.normalize('NFC')}`).sort();
}

function parseAttribute(text: string): NameAttribute | undefined {
  const equals = text.indexOf('=');
  const name = TYPE.exec(text.slice(0, Math.max(equals, 0)).trim())?.[1];
  if (name === undefined) return undefined;
  const value = unescapeValue(trimUnescaped(text.slice(equals + 1)));
  if (value === undefined) return undefined;
  return { type: OBJECT_IDENTIFIERS.get(name.toUpperCase()) ?? name, value };
}

/** @returns undefined when it is empty or not escaped as it should be */
function unescapeValue(text: string): string | undefined {
  const bytes: Buffer[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character !== '\\') {
      if ('";<>'.includes(character)) return undefined;
      const codePoint = String.fromCodePoint(text.codePointAt(index) ?? 0);
      bytes.push(Buffer.from(codePoint));
      index += codePoint.length - 1;
      continue;
    }
    const next = text.charAt(index + 1);
    const hex = /^[0-9a-f]{2}/i.exec(text.slice(index + 1, index + 3))?.[0];
    if (next !== '' && SPECIAL.includes(next)) bytes.push(Buffer.from(next));
    else if (hex !== undefined) bytes.push(Buffer.from(hex, 'hex'));
    else return undefined;
    index += hex !== undefined && !SPECIAL.includes(next) ? 2 : 1;
  }
  const value = Buffer.concat(bytes).toString('utf8');
  return value === '' ? undefined : value;
}

function splitUnescaped(text: string, separator: string): readonly string[] {
  const parts: string[] = [''];
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === separator) parts.push('');
    else {
      const taken = character === '\\' ? text.slice(index, index + 2) : character;
      parts.push(`${parts.pop() ?? ''}${taken}`);
      index += taken.length - 1;
    }
  }
  return parts;
}

/** White space at the ends says nothing, unless it is escaped. */
function trimUnescaped(text: string): string {
  const trimmed = text.trim();
  const endsEscaped = /(?<!\\)(?:\\\\)*\\$/.test(trimmed);
  return endsEscaped && text.trimStart().length > trimmed.length ? `${trimmed} ` : trimmed;
}
