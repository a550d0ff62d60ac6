import { withPlaceholdersFilled } from '../core/openai/content/placeholders.ts';
import type { AnswerSettings, ReplySpec } from '../core/openai/request/answer-settings.ts';
import { hideKey } from '../core/openai/request/hide-key.ts';
import { begunAnswer } from '../core/openai/request/question.ts';
import { fieldsOf } from '../core/openai/request/request.ts';
import type { Plan } from '../core/plan/compile.ts';
import type { Facts } from '../core/plan/facts.ts';
import type { PlannedSpeech } from '../core/plan/planned-reply.ts';
import type { ReplyChoice } from '../core/plan/reply-steps.ts';
import { replyFor } from './reply-for.ts';

/** The settings of the answer to a request, with what it says. `choice` is that of replies with sequences. */
export function spokenSettings(plan: Plan, facts: Facts, choice: ReplyChoice | undefined): AnswerSettings {
  if (plan.replies.length === 0) return plan.settings;
  const speech = plan.hasSequences ? chosenSpeech(plan, choice) : replyFor(plan, facts)?.steps[0];
  if (speech === undefined) return plan.settings;
  return speech.isOpen ? { ...speech.settings, reply: closed(speech.spec, facts) } : speech.settings;
}

function chosenSpeech({ replies }: Plan, choice: ReplyChoice | undefined): PlannedSpeech | undefined {
  return choice?.place === undefined ? undefined : replies[choice.place]?.steps[choice.step];
}

/** What the reply says to this request. */
function closed(spec: ReplySpec, facts: Facts): ReplySpec {
  const { model = '', prompt, turn = 1, toolResults, request } = facts;
  const filled = withPlaceholdersFilled(spec, {
    model,
    prompt,
    turn: String(turn),
    tool_result: toolResults.join('\n'),
    key: hideKey(request.key ?? ''),
  });
  const begun = filled.continues === true ? begunAnswer(fieldsOf(request)) : undefined;
  const isBegun = begun !== undefined && filled.content?.startsWith(begun) === true;
  return isBegun ? { ...filled, content: filled.content?.slice(begun.length) } : filled;
}
