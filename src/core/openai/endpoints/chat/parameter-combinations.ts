import type { ErrorAnswer } from '../../errors/error.ts';
import { fieldNotSpecified, maxTokensTwice, missingParameter, noWordJson, onlyAllowedWhen } from '../../errors/errors.ts';
import { isGiven } from '../../request/field-values.ts';
import { asList, asRecord } from '../../request/request.ts';
import type { Fields } from '../../validation/terms.ts';

/** Fields that go only with others, in a request whose fields are valid each for itself. */
export function combinationError(fields: Fields): ErrorAnswer | undefined {
  return allowedError(fields) ?? toolError(fields) ?? jsonWordError(fields);
}

function allowedError(fields: Fields): ErrorAnswer | undefined {
  if (isGiven(fields['stream_options']) && fields['stream'] !== true) return onlyAllowedWhen('stream_options', 'stream');
  // That none are wanted is let through: no report shows it refused.
  if (isGiven(fields['top_logprobs']) && fields['top_logprobs'] !== 0 && fields['logprobs'] !== true) {
    return onlyAllowedWhen('top_logprobs', 'logprobs');
  }
  if (isGiven(fields['max_tokens']) && isGiven(fields['max_completion_tokens'])) return maxTokensTwice();
  if (asList(fields['modalities']).includes('audio') && !isGiven(fields['audio'])) return missingParameter('audio');
  return undefined;
}

function toolError(fields: Fields): ErrorAnswer | undefined {
  const orphan = ORPHANS.find(([name, needed]) => isGiven(fields[name]) && asList(fields[needed]).length === 0);
  return orphan && fieldNotSpecified(orphan[0], orphan[1]);
}

const ORPHANS = [
  ['tool_choice', 'tools'],
  ['parallel_tool_calls', 'tools'],
  ['function_call', 'functions'],
] as const;

/** `json_object` has to be announced in the messages: 219 bytes in public reports (not in wire.md). */
function jsonWordError(fields: Fields): ErrorAnswer | undefined {
  if (asRecord(fields['response_format'])?.['type'] !== 'json_object') return undefined;
  return asList(fields['messages']).some(saysJson) ? undefined : noWordJson();
}

function saysJson(message: unknown): boolean {
  const content = asRecord(message)?.['content'];
  if (typeof content === 'string') return /json/i.test(content);
  return asList(content).some((part) => /json/i.test(String(asRecord(part)?.['text'])));
}
