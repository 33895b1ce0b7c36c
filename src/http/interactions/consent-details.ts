import type { JsonValue } from '../../domain/json.js';
import { inLanguage, readableValue } from '../../domain/resources/authorization-detail-type.js';
import type { CurrentInteraction } from '../../provider/interactions.js';
import type { ConsentDetail } from '../consent-view-models.js';
import type { InteractionDeps } from './interaction-deps.js';

/**
 * What an app asks for in detail, as people read it: every member of every detail, since none is accepted that is not
 * declared.
 * @param tag the language of the page, BCP 47
 * @see RFC 9396 §12.1
 */
export function consentDetails(
  {
    authorizationDetailTypes = [],
    resources,
  }: Pick<InteractionDeps, 'authorizationDetailTypes' | 'resources'>,
  { authorizationDetails = [] }: Pick<CurrentInteraction, 'authorizationDetails'>,
  tag: string,
): readonly ConsentDetail[] {
  return authorizationDetails.map((detail) => {
    const type = authorizationDetailTypes.find((declared) => declared.type === detail.type);
    // The protocol has refused what is not declared; a configuration that changed meanwhile must not hide anything.
    if (!type) throw new Error(`authorization details of the type ${detail.type} are not declared any more`);
    return {
      sentence: inLanguage(type.sentence, tag),
      actions: texts(detail['actions']),
      locations: texts(detail['locations']).map(
        (identifier) => resources.find((resource) => resource.identifier === identifier)?.name ?? identifier,
      ),
      fields: type.fields.flatMap(({ name, label }) => {
        const value = Object.hasOwn(detail, name) ? detail[name] : undefined;
        return value === undefined ? [] : [{ label: inLanguage(label, tag), value: readableValue(value) }];
      }),
    };
  });
}

function texts(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
