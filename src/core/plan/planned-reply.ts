import type { Libraries } from '../libraries.ts';
import { hasPlaceholder } from '../openai/content/placeholders.ts';
import type { AnswerSettings, ReplySpec } from '../openai/request/answer-settings.ts';
import type { ReplyScope } from '../scenario/reply-schema.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Facts } from './facts.ts';
import { appliesTo, compileMatch, type RequestMatcher } from './match.ts';

/** What one answer says. */
export interface PlannedSpeech {
  readonly spec: ReplySpec;
  /** Of the answers that say it. */
  readonly settings: AnswerSettings;
  /** It depends on the request: it has placeholders, or goes on from what the request begins. */
  readonly isOpen: boolean;
}

/** An entry of `replies` that is ready to be asked. */
export interface PlannedReply {
  readonly matches: RequestMatcher;
  /** The steps of a sequence, or the one thing that it always says. */
  readonly steps: readonly [PlannedSpeech, ...PlannedSpeech[]];
  /** Undefined where it is none. */
  readonly sequence: { readonly per: ReplyScope; readonly repeat: boolean } | undefined;
  /** It does not speak of a request that brings the result of a tool: the model would call the tool again. */
  readonly endsWithTools: boolean;
}

/** Entries of `replies` → planned replies. `service` is what the service is called. */
export function compileReplies(
  replies: Scenario['replies'],
  settings: AnswerSettings,
  { libraries, service }: { readonly libraries: Libraries; readonly service: string },
): PlannedReply[] {
  const speech = (spec: ReplySpec): PlannedSpeech => ({
    spec,
    settings: { ...settings, reply: spec },
    isOpen: spec.continues === true || hasPlaceholder(spec),
  });
  return replies.map((reply) => {
    const [first = reply.spec, ...others] = reply.sequence?.steps ?? [];
    return {
      matches: compileMatch(reply.match, libraries, service),
      steps: [speech(first), ...others.map(speech)],
      sequence: reply.sequence && { per: reply.sequence.per, repeat: reply.sequence.repeat },
      endsWithTools: endsWithTools(reply),
    };
  });
}

/**
 * Whether it calls a tool, and says nothing of when: neither by a sequence nor by a condition on the turn. A tool is not called again
 * by a request that brings its result.
 */
export function endsWithTools({ match, spec, sequence }: Scenario['replies'][number]): boolean {
  if (spec.toolCalls === undefined || sequence !== undefined) return false;
  return match?.turn === undefined && match?.tool_result === undefined && match?.last_role === undefined;
}

/** Whether the reply speaks of the request, if it has anything left to say. */
export function speaksOf({ matches, endsWithTools: ends }: PlannedReply, facts: Facts): boolean {
  return !(ends && facts.answersTool) && appliesTo(matches, facts);
}
