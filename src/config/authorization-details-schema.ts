import { z } from 'zod';
import type {
  AuthorizationDetailType,
  LocalizedText,
} from '../domain/resources/authorization-detail-type.js';
import { ALWAYS, fieldOf, membersOf, rule } from './file-rules.js';

const text = z.string().min(1);
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
/** Members that every type has by RFC 9396 §2.2, which are declared in other ways or not offered. */
const COMMON = new Set(['type', 'actions', 'locations', 'datatypes', 'identifier', 'privileges']);

/** By language, `en` among them: the text where no other fits. */
const localized = z.record(text, text).superRefine((value, context) => {
  const wrong = Object.keys(value).find((tag) => !LANGUAGE.test(tag));
  if (value['en'] !== undefined && wrong === undefined) return;
  context.addIssue({
    code: 'custom',
    message: wrong === undefined ? 'has no English text' : `${JSON.stringify(wrong)} is not a language`,
    params: {
      remedy: 'Write a text for each language, en among them: { en: make a payment, de: etwas bezahlen }.',
    },
  });
});

/** One member of `authorization_details_types`. */
export const authorizationDetailsSchema = z.strictObject({
  type: text,
  sentence: localized,
  actions: z.array(text).default([]),
  locations: z.array(text).default([]),
  fields: z
    .array(
      z.strictObject({
        name: text.check(
          rule(
            (value) => !COMMON.has(value),
            'is a member that RFC 9396 has for all types',
            'Declare actions and locations beside fields, or choose another name.',
          ),
        ),
        label: localized,
        required: z.boolean().default(false),
      }),
    )
    .default([]),
});

/** A type names declared resource servers only. */
export const detailLocationsDeclared = z.superRefine<unknown>((content, context) => {
  const known = new Set(membersOf(fieldOf(content, 'resources')).map((one) => fieldOf(one, 'identifier')));
  membersOf(fieldOf(content, 'authorization_details_types')).forEach((type, index) => {
    membersOf(fieldOf(type, 'locations')).forEach((location, position) => {
      if (typeof location !== 'string' || known.has(location)) return;
      context.addIssue({
        code: 'custom',
        path: ['authorization_details_types', index, 'locations', position],
        message: `${JSON.stringify(location)} is not a declared resource server`,
        params: { remedy: 'Declare it under resources, or remove it.' },
      });
    });
  });
}, ALWAYS);

/** What the file says, as the domain has it. */
export function toAuthorizationDetailType(
  declared: z.output<typeof authorizationDetailsSchema>,
): AuthorizationDetailType {
  return {
    ...declared,
    sentence: toLocalized(declared.sentence),
    fields: declared.fields.map((field) => ({ ...field, label: toLocalized(field.label) })),
  };
}

function toLocalized(byLanguage: Readonly<Record<string, string>>): LocalizedText {
  return { default: byLanguage['en'] ?? '', byLanguage };
}
