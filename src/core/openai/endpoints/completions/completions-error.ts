import type { ErrorAnswer } from '../../errors/error.ts';
import {
  chatModelOnCompletions,
  invalidToken,
  moreChoicesThanGenerated,
  onlyAllowedWhen,
  promptTooLong,
  tooManyTexts,
} from '../../errors/errors.ts';
import { isOtherModelKind } from '../../models/model-kind.ts';
import { inputsIn } from '../../request/prompt.ts';
import type { Input } from '../../request/request.ts';
import { REQUEST_BOUNDS } from '../../request/request-bounds.ts';
import { Checker } from '../../validation/checker.ts';
import type { Fields, Terms } from '../../validation/terms.ts';
import { unknownFieldsError } from '../../validation/unknown-fields.ts';
import { completionRules } from './completion-rules.ts';

/** The largest id of cl100k_base, which all completion models share (wire.md 400-34). */
const MAX_TOKEN = 100_257;

/** What a request that does not say is given (wire.md 5). */
export const DEFAULT_MAX_TOKENS = 16;

/** What is wrong with the fields of a legacy completion (wire.md 1.3, 5); what is checked first is as in chat. */
export function completionsError(fields: Fields, terms: Terms): ErrorAnswer | undefined {
  if (terms.model.kind === 'chat' && isOtherModelKind('completion', terms.model)) return chatModelOnCompletions();
  return (
    unknownFieldsError(fields, completionRules, terms) ??
    new Checker(terms).checkFields(fields, completionRules) ??
    combinationError(fields) ??
    textsError(fields) ??
    windowError(fields, terms) ??
    // Found only after admission.
    tokenError(inputsIn(fields['prompt']))
  );
}

function combinationError({ n, best_of: bestOf, stream, stream_options: options }: Fields): ErrorAnswer | undefined {
  const choices = typeof n === 'number' ? n : 1;
  // 0 is taken for leaving it out.
  if (typeof bestOf === 'number' && bestOf > 0 && choices > bestOf) return moreChoicesThanGenerated(choices, bestOf);
  if (options !== undefined && options !== null && stream !== true) return onlyAllowedWhen('stream_options', 'stream');
  return undefined;
}

/** What OpenAI answers to more is not known: the refusal says whose bound it is. */
function textsError({ prompt, n }: Fields): ErrorAnswer | undefined {
  const choices = typeof n === 'number' ? n : 1;
  if (choices === 1) return undefined;
  const prompts = inputsIn(prompt).length;
  return prompts * choices > REQUEST_BOUNDS.texts ? tooManyTexts(prompts, choices, REQUEST_BOUNDS.texts) : undefined;
}

/** Every prompt has the window to itself. */
function windowError(fields: Fields, terms: Terms): ErrorAnswer | undefined {
  const { contextWindow: limit } = terms.model;
  const { max_tokens: asked, prompt } = fields;
  const completion = typeof asked === 'number' ? asked : DEFAULT_MAX_TOKENS;
  if (limit === null || terms.bodyBytes + completion <= limit) return undefined;
  for (const input of inputsIn(prompt)) {
    const tokens = terms.inputTokens(input);
    if (tokens + completion > limit) return promptTooLong({ limit, prompt: tokens, completion });
  }
  return undefined;
}

function tokenError(inputs: readonly Input[]): ErrorAnswer | undefined {
  for (const input of inputs) {
    const wrong = typeof input === 'string' ? undefined : input.find((id) => id < 0 || id > MAX_TOKEN);
    if (wrong !== undefined) return invalidToken(wrong, MAX_TOKEN);
  }
  return undefined;
}
