import type { Libraries } from '../../libraries.ts';
import type { ErrorAnswer } from '../error.ts';
import { missingParameter, unrecognizedArguments } from '../errors.ts';
import type { ModelInfo } from '../models.ts';
import { asList } from '../request.ts';
import { chatRules } from './chat-rules.ts';
import { Checker, ownRule } from './checker.ts';
import { combinationError } from './combination.ts';
import { contextError, type Measures } from './context-error.ts';
import { messageContentError } from './message-content.ts';
import { messageOrderError } from './message-order.ts';
import { isStrangeTo, modelError, modelKindError } from './model-error.ts';
import { schemaError } from './schemas.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a request is held against. */
export interface Terms extends Measures {
  readonly model: ModelInfo;
  readonly libraries: Libraries;
}

/**
 * What the API has against the fields of a chat completion; undefined when nothing. The first error wins:
 *
 * 1. the model is not one for chat (wire.md 1.3)
 * 2. unknown fields, all of them at once (400-18)
 * 3. `messages` is missing (400-3)
 * 4. type, range, length and values of each field, in the order of the request (400-4 to 400-17)
 * 5. what the model refuses (400-8 to 400-10, 400-25, 400-33, 400-41 to 400-43)
 * 6. fields that go only with others
 * 7. content of messages (400-28, 400-29), then their order (400-30, 400-31)
 * 8. schemas of functions and of the answer (400-32)
 * 9. the context window (400-21 to 400-24)
 *
 * That types precede what needs the whole request, and the window comes last, is as in captures; the order among 5 to 8
 * is unverified.
 */
export function chatError(fields: Fields, terms: Terms): ErrorAnswer | undefined {
  const { model, libraries } = terms;
  return (
    modelKindError(model) ??
    unknownFieldsError(fields, model) ??
    (Object.hasOwn(fields, 'messages') ? undefined : missingParameter('messages')) ??
    new Checker().checkFields(fields, chatRules) ??
    modelError(fields, model) ??
    combinationError(fields) ??
    messageContentError(asList(fields['messages']), model.id) ??
    messageOrderError(asList(fields['messages'])) ??
    schemaError(fields, libraries) ??
    contextError(fields, model, terms)
  );
}

function unknownFieldsError(fields: Fields, model: ModelInfo): ErrorAnswer | undefined {
  const unknown = Object.keys(fields).filter(
    (name) => ownRule(chatRules.fields, name) === undefined || (fields[name] !== null && isStrangeTo(model, name)),
  );
  return unknown.length === 0 ? undefined : unrecognizedArguments(unknown);
}
