import { enumerate } from '../../errors/enumerate.ts';
import type { ErrorAnswer } from '../../errors/error.ts';
import {
  effortNotOfModel,
  hostedToolUnsupported,
  invalidType,
  logprobsUnsupported,
  samplingUnsupported,
  toolsNotWithEffort,
  unsupportedParameter,
} from '../../errors/errors.ts';
import { modelLimits } from '../../models/model-limits.ts';
import type { ModelInfo } from '../../models/models.ts';
import { asList, asRecord } from '../../request/request.ts';
import type { Fields } from '../../validation/terms.ts';
import { EFFORTS } from './responses-rules.ts';

/** Measured: in this order. `temperature` is taken when it is 1, the others never. */
const SAMPLING = ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty'] as const;

/** Where `include` asks for log probabilities. */
const LOGPROBS = 'message.output_text.logprobs';

/** Tools that minimal reasoning cannot use, by type, with the names in the error. */
const NOT_MINIMAL: readonly (readonly [type: RegExp, name: string])[] = [
  [/^image_generation$/, 'image_gen'],
  [/^web_search/, 'web_search'],
];

/** Tools that OpenAI runs itself. */
const HOSTED = /^(?:web_search|file_search$|code_interpreter$|image_generation$|mcp$)/;

/** What is wrong with `reasoning.effort`: its type has words of its own, and not every model takes every effort. */
export function effortTypeError(fields: Fields): ErrorAnswer | undefined {
  const effort = asRecord(fields['reasoning'])?.['effort'];
  if (!Number.isInteger(effort)) return undefined;
  // Sic: the three newer efforts are missing.
  const expected = `one of ${enumerate(['minimal', 'low', 'medium', 'high'], 'or')}`;
  return invalidType('reasoning.effort', expected, 'an integer');
}

/** Measured of gpt-5.6. That a model which does not reason has no effort at all is in public reports. */
export function effortError(fields: Fields, { id, reasoning }: ModelInfo): ErrorAnswer | undefined {
  const effort = asRecord(fields['reasoning'])?.['effort'];
  if (typeof effort !== 'string') return undefined;
  if (!reasoning) return unsupportedParameter('reasoning.effort');
  const { efforts, responsesEfforts = efforts } = modelLimits(id);
  if (responsesEfforts === undefined || responsesEfforts.includes(effort)) return undefined;
  return effortNotOfModel(
    effort,
    id,
    EFFORTS.filter((each) => responsesEfforts.includes(each)),
  );
}

/** In public reports. */
export function toolsOfModelError(fields: Fields, { id }: ModelInfo): ErrorAnswer | undefined {
  const types = asList(fields['tools']).map((tool) => String(asRecord(tool)?.['type']));
  if (id.startsWith('gpt-5-chat')) {
    const hosted = types.find((type) => HOSTED.test(type));
    if (hosted !== undefined) return hostedToolUnsupported(hosted, id);
  }
  if (asRecord(fields['reasoning'])?.['effort'] !== 'minimal') return undefined;
  const refused = NOT_MINIMAL.filter(([refusedType]) => types.some((type) => refusedType.test(type)));
  return refused.length === 0
    ? undefined
    : toolsNotWithEffort(
        'minimal',
        refused.map(([, name]) => name),
      );
}

/** Sampling and log probabilities, which a model that reasons does not have. */
export function samplingError(fields: Fields, model: ModelInfo): ErrorAnswer | undefined {
  if (!reasons(fields, model)) return undefined;
  const refused = SAMPLING.find((name) => isGiven(fields[name]) && !(name === 'temperature' && fields[name] === 1));
  if (refused !== undefined) return samplingUnsupported(refused);
  if (asList(fields['include']).includes(LOGPROBS)) return logprobsUnsupported('include');
  const top = fields['top_logprobs'];
  return typeof top === 'number' && top > 0 ? logprobsUnsupported('top_logprobs') : undefined;
}

/** A model that is told not to reason, or does not by itself, samples as others do. */
function reasons(fields: Fields, { id, reasoning }: ModelInfo): boolean {
  if (!reasoning) return false;
  const effort = asRecord(fields['reasoning'])?.['effort'] ?? modelLimits(id).usualEffort;
  return effort !== 'none';
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
