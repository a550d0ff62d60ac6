import type { ErrorAnswer } from '../errors/error.ts';
import { contextLengthExceeded, countsCompletion } from '../errors/errors.ts';
import type { ModelInfo } from '../models/models.ts';
import { asList, asRecord } from '../request/request.ts';
import type { Fields, Measures } from './terms.ts';

/** Tokens around the definition of a function or tool: an estimate. */
const PER_FUNCTION = 8;

/**
 * A request that does not fit the window of its model (wire.md 400-21 to 400-24). Nothing is counted while the request has
 * fewer bytes than the window has tokens: then it fits, however it is counted.
 */
export function contextError(fields: Fields, model: ModelInfo, measures: Measures): ErrorAnswer | undefined {
  const { contextWindow, inputWindow } = model;
  if (contextWindow === null) return undefined;
  const limit = inputWindow ?? contextWindow;
  const wanted = fields['max_tokens'] ?? fields['max_completion_tokens'];
  const completion = typeof wanted === 'number' && countsCompletion(model.id) ? wanted : 0;
  if (measures.bodyBytes + completion <= limit) return undefined;
  const messages = measures.promptTokens();
  const definitions = [...asList(fields['tools']), ...asList(fields['functions'])];
  const functions = definitions.length === 0 ? undefined : functionTokens(definitions, measures);
  const all = messages + (functions ?? 0) + completion;
  if (all <= limit) return undefined;
  // The wording with a completion does not tell functions apart.
  const counted = completion > 0 ? { messages: messages + (functions ?? 0), completion } : { messages, functions };
  return contextLengthExceeded(model.id, { limit: contextWindow, ...counted });
}

/** Tokens of the definitions, as those of their JSON text. */
function functionTokens(definitions: readonly unknown[], measures: Measures): number {
  return definitions.reduce<number>((total, definition) => {
    const said = asRecord(definition)?.['function'] ?? definition;
    return total + PER_FUNCTION + measures.textTokens(JSON.stringify(said));
  }, 0);
}
