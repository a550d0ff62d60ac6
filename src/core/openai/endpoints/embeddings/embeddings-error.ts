import type { ErrorAnswer } from '../../errors/error.ts';
import {
  aboveMaximum,
  dimensionsUnsupported,
  emptyInput,
  inputTooLong,
  missingParameter,
  notEmbeddingModel,
  requestTooManyTokens,
} from '../../errors/errors.ts';
import { isOtherModelKind } from '../../models/model-kind.ts';
import type { ModelInfo } from '../../models/models.ts';
import { inputsIn } from '../../request/prompt.ts';
import type { Input } from '../../request/request.ts';
import { Checker } from '../../validation/checker.ts';
import type { Fields, Terms } from '../../validation/terms.ts';
import { unknownFieldsError } from '../../validation/unknown-fields.ts';
import { embeddingRules } from './embedding-rules.ts';
import { dimensionsOf } from './embedding-vector.ts';

/** Tokens of all inputs together (in public reports; not in wire.md). */
const MAX_REQUEST_TOKENS = 300_000;

/**
 * The third generation is listed with 8,191 tokens (wire.md 4); public reports of 2026 show that 8,192 are taken and that
 * the error names them.
 */
const TOLD_WINDOWS: ReadonlyMap<number | null, number> = new Map([[8_191, 8_192]]);

/** What is wrong with the fields of an embeddings request; what is checked first is as in chat. */
export function embeddingsError(fields: Fields, terms: Terms): ErrorAnswer | undefined {
  const { model } = terms;
  if (isOtherModelKind('embedding', model)) return notEmbeddingModel();
  return (
    unknownFieldsError(fields, embeddingRules, terms) ??
    (Object.hasOwn(fields, 'input') ? undefined : missingParameter('input')) ??
    new Checker(terms).checkFields(fields, embeddingRules) ??
    dimensionsError(fields['dimensions'], model) ??
    lengthError(inputsIn(fields['input']), terms)
  );
}

/** Only the third generation has them; more than a model has is refused in the words of wire.md 400-11. */
function dimensionsError(found: unknown, { id }: ModelInfo): ErrorAnswer | undefined {
  if (typeof found !== 'number' || !id.startsWith('text-embedding-')) return undefined;
  if (id.startsWith('text-embedding-ada')) return dimensionsUnsupported();
  const limit = dimensionsOf(id);
  return found > limit ? aboveMaximum('dimensions', 'integer', { limit, found }) : undefined;
}

/** Tokens that one input may have, by the window of the model. */
export function inputLimit(contextWindow: number | null): number | null {
  return TOLD_WINDOWS.get(contextWindow) ?? contextWindow;
}

/** Nothing is counted while all inputs together have too few bytes for any of them to be too long. */
function lengthError(inputs: readonly Input[], terms: Terms): ErrorAnswer | undefined {
  if (inputs.includes('')) return emptyInput();
  const { contextWindow } = terms.model;
  const limit = inputLimit(contextWindow);
  if (limit === null || terms.bodyBytes <= limit) return undefined;
  let all = 0;
  for (const [index, input] of inputs.entries()) {
    const tokens = terms.inputTokens(input);
    if (tokens > limit) return inputTooLong(index, limit);
    all += tokens;
  }
  return all > MAX_REQUEST_TOKENS ? requestTooManyTokens(all, MAX_REQUEST_TOKENS) : undefined;
}
