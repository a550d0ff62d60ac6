import { perObject } from '../../../memo/per-object.ts';
import type { ErrorAnswer } from '../../errors/error.ts';
import { missingParameter } from '../../errors/errors.ts';
import type { ModelInfo } from '../../models/models.ts';
import { asList } from '../../request/request.ts';
import { Checker } from '../../validation/checker.ts';
import { contextError } from '../../validation/context-error.ts';
import { modelError, modelKindError, strangeFields, tellsWhatWasMeant } from '../../validation/model-error.ts';
import { schemaError } from '../../validation/schemas.ts';
import type { Fields, Terms } from '../../validation/terms.ts';
import { unknownFieldError, unknownFieldsError } from '../../validation/unknown-fields.ts';
import { chatRules, chatRulesOf } from './chat-rules.ts';
import { imageError } from './image-error.ts';
import { messageContentError } from './message-content.ts';
import { messageOrderError } from './message-order.ts';
import { combinationError } from './parameter-combinations.ts';

/**
 * What the API has against the fields of a chat completion; undefined when nothing. The first error wins:
 *
 * 1. the model is not one for chat (wire.md 1.3)
 * 2. `messages` is missing (400-3)
 * 3. unknown fields: all of them at once (400-18), of newer models the first (wire-responses.md 6.1)
 * 4. type, range, length and values of each field, in the order of the table (400-4 to 400-17)
 * 5. what the model refuses (400-8 to 400-10, 400-25, 400-33, 400-41 to 400-43)
 * 6. fields that go only with others
 * 7. content of messages (400-29), then their order (400-30, 400-31)
 * 8. schemas of functions and of the answer (400-32)
 * 9. the context window (400-21 to 400-24)
 * 10. images (400-27, 400-28), for they are looked at after admission (wire.md 2.3)
 *
 * 1 to 5 were measured of gpt-5.6 (wire-responses.md 6.3); the order among 6 to 8 is unverified. Of errors before admission, that of the window too, no capture shows x-ratelimit-*: they have none.
 */
export function chatError(fields: Fields, terms: Terms): ErrorAnswer | undefined {
  const { model, libraries } = terms;
  return (
    modelKindError(model) ??
    (Object.hasOwn(fields, 'messages') ? undefined : missingParameter('messages')) ??
    unknownError(fields, terms) ??
    new Checker(terms).checkInOrder(fields, traitsOf(model).rules) ??
    modelError(fields, model) ??
    combinationError(fields) ??
    messageContentError(asList(fields['messages']), model.id) ??
    messageOrderError(asList(fields['messages'])) ??
    schemaError(fields, libraries) ??
    contextError(fields, model, terms) ??
    imageError(asList(fields['messages']))
  );
}

function unknownError(fields: Fields, { model, letThrough }: Terms): ErrorAnswer | undefined {
  const { strange, meant } = traitsOf(model);
  const isStrange = (name: string) => strange.includes(name) && fields[name] !== null;
  if (!meant) return unknownFieldsError(fields, chatRules, { letThrough, isStrange });
  const isKnown = (name: string) => Object.hasOwn(chatRules.fields, name) && !isStrange(name);
  return unknownFieldError(fields, isKnown, { known: KNOWN, letThrough });
}

const KNOWN: readonly string[] = Object.keys(chatRules.fields);

/** What a model takes and how it refuses the rest: of names, which come with each request. */
const traitsOf = perObject((model: ModelInfo) => ({
  strange: strangeFields(model),
  meant: tellsWhatWasMeant(model),
  rules: chatRulesOf(model.id),
}));
