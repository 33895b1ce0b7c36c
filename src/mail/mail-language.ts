/** A piece of a sentence; `isolate` marks what a person or an app wrote. */
export interface MailPart {
  readonly text: string;
  readonly isolate: boolean;
}

/** The language in which a mail is written: what the composition takes from the pages' translations. */
export interface MailLanguage {
  /** BCP 47. */
  readonly tag: string;
  readonly dir: 'ltr' | 'rtl';
  readonly text: (key: string, values?: Readonly<Record<string, string | number>>) => string;
  /** A text with user strings in it, in pieces. */
  readonly sentence: (key: string, values: Readonly<Record<string, string>>) => readonly MailPart[];
  /** @param at RFC 3339 @returns the time in UTC as people read it */
  readonly time: (at: string) => string;
}

/** @param locale BCP 47 tag of what the person reads, or undefined: the first language that there is */
export type MailLanguages = (locale: string | undefined) => MailLanguage;
