import type { ErrorAnswer } from '../errors/error.ts';
import {
  maxTokensTooLarge,
  notChatModel,
  responsesOnlyModel,
  toolsWithReasoning,
  topLogprobsTooMany,
  unsupportedParameter,
  unsupportedRole,
  unsupportedValue,
  valueNotOfModel,
  webSearchUnsupported,
} from '../errors/errors.ts';
import { modelLimits } from '../models/model-limits.ts';
import type { ModelInfo } from '../models/models.ts';
import { isGiven } from '../request/field-values.ts';
import { asList, asRecord } from '../request/request.ts';
import type { Fields } from './terms.ts';

/** Reasoning models take these values and no others (wire.md 400-10). */
const FIXED = [
  ['temperature', 1],
  ['presence_penalty', 0],
  ['frequency_penalty', 0],
] as const;

/** Models that have never heard of reasoning: to them its effort is an unknown field (wire.md 400-18). */
const WITHOUT_REASONING = /^(?:ft:)?gpt-(?:3\.5|4)/;

/** Models that only Responses serve and no listing has shown (wire.md 4, "Responses-only"). */
const RESPONSES_ONLY =
  /^(?:o[13]-pro|computer-use-preview|gpt-5\.1-codex-max|gpt-daybreak|gpt-(?:5\.6|6)-cyber|gpt-(?:6-)?rosalind)(?:-|$)|-(?:deep-research|codex)(?:-|$)/;

/** The usual names, so that few are held against all of the others. */
const CHAT_ONLY = /^gpt-(?:4o|4\.1|3\.5)(?:-mini|-nano|-turbo)?$/;

/** What newer models have never heard of (wire-responses.md 6.2: measured of gpt-5.6). */
const WITHOUT_AUDIO = /^gpt-(?:5\.6|[6-9])(?:[.-]|$)/;
const OF_OLDER_MODELS: readonly string[] = ['audio', 'modalities', 'web_search_options'];

/** The fields that the API knows and this model does not. */
export function strangeFields({ id }: ModelInfo): readonly string[] {
  return [...(WITHOUT_REASONING.test(id) ? ['reasoning_effort'] : []), ...(WITHOUT_AUDIO.test(id) ? OF_OLDER_MODELS : [])];
}

/** Models that answer an unknown field with what may have been meant (wire-responses.md 6.1: measured of gpt-5.6). */
export function tellsWhatWasMeant({ id }: ModelInfo): boolean {
  return /^gpt-(?:5\.\d|[6-9])/.test(id);
}

/** A model that chat completions do not serve (wire.md 1.3). */
export function modelKindError({ id, kind }: ModelInfo): ErrorAnswer | undefined {
  const elsewhere = kind === 'responses-only' || (!CHAT_ONLY.test(id) && RESPONSES_ONLY.test(id));
  if (kind === 'chat' && !elsewhere) return undefined;
  return elsewhere ? responsesOnlyModel() : notChatModel();
}

/** What this model refuses of fields that are valid each for itself. */
export function modelError(fields: Fields, model: ModelInfo): ErrorAnswer | undefined {
  if (isGiven(fields['web_search_options']) && !/search/.test(model.id)) return webSearchUnsupported();
  return roleError(fields, model) ?? (model.reasoning ? reasoningError(fields, model) : undefined) ?? lengthError(fields, model);
}

/** wire.md 400-8. */
function roleError(fields: Fields, { id }: ModelInfo): ErrorAnswer | undefined {
  if (!id.startsWith('o1-mini') && !id.startsWith('o1-preview')) return undefined;
  const index = asList(fields['messages']).findIndex((message) => asRecord(message)?.['role'] === 'system');
  return index < 0 ? undefined : unsupportedRole(index, 'system');
}

function reasoningError(fields: Fields, { id }: ModelInfo): ErrorAnswer | undefined {
  const { efforts, usualEffort, lacks = [], lacksAlways = [], noTools } = modelLimits(id);
  const given = fields['reasoning_effort'];
  const effort = typeof given === 'string' ? given : usualEffort;
  if (isGiven(fields['max_tokens'])) return unsupportedParameter('max_tokens');
  if (typeof given === 'string' && efforts?.includes(given) === false) {
    return valueNotOfModel('reasoning_effort', given, efforts);
  }
  const hasTools = asList(fields['tools']).length > 0;
  if (hasTools && noTools !== undefined && effort !== 'none') return toolsWithReasoning(id, noTools === 'avoidable');
  const missing = lacksAlways.find((name) => isWanted(name, fields[name]));
  if (missing !== undefined) return unsupportedParameter(missing);
  // A model that does not reason samples as others do.
  return effort === 'none' ? topLogprobsError(fields, id) : samplingError(fields, lacks);
}

/** wire-responses.md 6.4. */
function topLogprobsError({ top_logprobs: top }: Fields, id: string): ErrorAnswer | undefined {
  return /^gpt-5\.6(?:-|$)/.test(id) && typeof top === 'number' && top > 5 ? topLogprobsTooMany(5) : undefined;
}

function samplingError(fields: Fields, lacks: readonly string[]): ErrorAnswer | undefined {
  for (const [name, only] of FIXED) {
    const value = fields[name];
    if (typeof value === 'number' && value !== only && !lacks.includes(name)) return unsupportedValue(name, value, only);
  }
  const missing = lacks.find((name) => isWanted(name, fields[name]));
  return missing === undefined ? undefined : unsupportedParameter(missing);
}

/** Whether the field asks for anything that would not be so without it. */
function isWanted(name: string, value: unknown): boolean {
  if (!isGiven(value) || (name === 'logprobs' && value === false) || (name === 'top_p' && value === 1)) return false;
  if (name.endsWith('_penalty') && value === 0) return false;
  return name !== 'logit_bias' || Object.keys(value as object).length > 0;
}

/** wire.md 400-25. The wording for `max_completion_tokens` is unverified. */
function lengthError(fields: Fields, { maxOutputTokens }: ModelInfo): ErrorAnswer | undefined {
  if (maxOutputTokens === null) return undefined;
  for (const name of ['max_tokens', 'max_completion_tokens'] as const) {
    const found = fields[name];
    if (typeof found === 'number' && found > maxOutputTokens) return maxTokensTooLarge({ limit: maxOutputTokens, found });
  }
  return undefined;
}
