import { apiError, type ErrorAnswer } from '../core/openai/errors/error.ts';
import type { Plan } from '../core/plan/compile.ts';
import type { Facts } from '../core/plan/facts.ts';
import { shortened } from '../core/text/shortened.ts';
import { replyFor } from './reply-for.ts';

/** Of the prompt so many characters are told. */
const SHOWN = 80;

/**
 * The refusal of a request that no entry of `replies` speaks of, where the scenario says `unmatched_reply: error`; undefined
 * for one that has a reply, and of an endpoint whose answers the replies have no say in. The words are the mock's.
 */
export function unmatchedReply(plan: Plan, facts: Facts): ErrorAnswer | undefined {
  if (plan.unmatchedReply !== 'error' || !facts.needsReply || replyFor(plan, facts) !== undefined) return undefined;
  return nothingToSay(facts);
}

/** The same refusal, where sequences match the request and all their steps are used up. */
export function nothingToSay(facts: Facts): ErrorAnswer {
  const named = `endpoint ${facts.request.endpoint?.name}, model ${quoted(facts.model ?? '')}, prompt ${quoted(facts.prompt)}`;
  const after = facts.answersTool ? ', after the result of a tool' : '';
  return apiError(
    400,
    `mock-openai: no reply of the scenario speaks of this request (${named}${after}). ` +
      'Add one to `replies`, or leave out `unmatched_reply: error`.',
    { code: 'unmatched_reply' },
  );
}

function quoted(text: string): string {
  return JSON.stringify(shortened(text, SHOWN));
}
