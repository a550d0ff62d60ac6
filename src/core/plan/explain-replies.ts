import type { ReplySpec } from '../openai/request/answer-settings.ts';
import type { ReplyScope } from '../scenario/reply-schema.ts';
import type { Scenario } from '../scenario/schema.ts';
import { describeValue } from '../schema/fields.ts';
import { plural } from '../text/plural.ts';
import { explainMatch } from './explain-match.ts';
import { written } from './written.ts';

/** The replies of a scenario, a line each, and what a request gets that none of them speaks of. Nothing where there are none. */
export function explainReplies({ replies, unmatched_reply: unmatched }: Pick<Scenario, 'replies' | 'unmatched_reply'>): string[] {
  const isRefused = unmatched === 'error';
  if (replies.length === 0) return isRefused ? ['No reply speaks of any request: each is refused with 400 unmatched_reply.'] : [];
  const lines = replies.map((reply, index) => `${index + 1}. ${explainEntry(reply)}`);
  const catchesAll = replies.some(
    ({ match = {}, sequence }) => Object.keys(match).length === 0 && (sequence === undefined || sequence.repeat),
  );
  if (catchesAll) return lines;
  return [...lines, `Any other request ${isRefused ? 'is refused with 400 unmatched_reply' : 'gets prose'}.`];
}

const STEPS: Readonly<Record<ReplyScope, string>> = {
  session: 'a step for each call (depends on the order of arrival)',
  key: 'a step for each call with a key (depends on the order of arrival)',
  model: 'a step for each call to a model (depends on the order of arrival)',
  call: 'a step for each attempt of a call',
  conversation: 'a step for each turn of a conversation',
};

function explainEntry({ match, spec, sequence }: Scenario['replies'][number]): string {
  const who = explainMatch(match);
  if (sequence === undefined) return `${who}: ${explainReply(spec)}`;
  const steps = sequence.steps.map((step, index) => `${index + 1}. ${explainReply(step)}`).join('  ');
  return `${who}, ${STEPS[sequence.per]}: ${steps}  then ${sequence.repeat ? 'from the beginning' : 'no more'}`;
}

/** What one reply says: `calls get_weather { city: Paris }, ends with length`. */
function explainReply(spec: ReplySpec): string {
  const { finishReason, reasoningTokens, reasoningSummary, flagged, continues, dimensions } = spec;
  return [
    contentInWords(spec),
    ...(reasoningTokens === undefined ? [] : [`after ${plural(reasoningTokens, 'token')} of reasoning`]),
    ...(reasoningSummary === undefined ? [] : [`whose summary is ${describeValue(reasoningSummary)}`]),
    ...(finishReason === undefined ? [] : [`ends with ${finishReason}`]),
    ...(continues === true ? ['goes on where the request has the beginning of it'] : []),
    ...(dimensions === undefined ? [] : [`embeddings of ${plural(dimensions, 'dimension')}`]),
    ...(flagged === undefined ? [] : [`a moderation finds ${flagged.join(' and ')}`]),
  ].join(', ');
}

function contentInWords({ content, echo, tokens, json, refusal, toolCalls }: ReplySpec): string {
  if (content !== undefined) return `says ${describeValue(content)}`;
  if (echo === true) return 'repeats the last user message';
  if (tokens !== undefined) return `prose of ${plural(tokens, 'token')}`;
  if (json !== undefined) return `says the JSON ${written(json)}`;
  if (refusal !== undefined) return `refuses: ${describeValue(refusal)}`;
  if (toolCalls !== undefined)
    return `calls ${toolCalls.map(({ name, arguments: args }) => `${name} ${written(args)}`).join(' and ')}`;
  return 'prose';
}
