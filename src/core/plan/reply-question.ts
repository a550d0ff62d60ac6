import type { Conversation } from '../openai/request/said.ts';
import type { Plan } from './compile.ts';
import type { Facts } from './facts.ts';
import { type PlannedReply, speaksOf } from './planned-reply.ts';

/** A reply that speaks of a request. Plain data. */
export interface ReplyCandidate {
  /** In the list of replies. */
  readonly place: number;
  /** Where its steps are counted: undefined for a reply that always says the same. */
  readonly scope: string | undefined;
}

/** What the choice of a reply goes by, where replies have sequences. Plain data. */
export interface ReplyQuestion {
  /** Those that speak of the request, in their order, up to the first that always says the same. */
  readonly candidates: readonly ReplyCandidate[];
  /** The request is refused where no reply has anything left to say. */
  readonly isRequired: boolean;
  /** Undefined where no reply goes by conversations, and of requests that are in none. */
  readonly conversation: ConversationPlace | undefined;
}

/** Where a request stands in its conversation, by hashes of what was said. */
interface ConversationPlace {
  /** After the request. */
  readonly at: string;
  /** Before the last answer: what the request that it answered had come to. Undefined where there is no answer yet. */
  readonly before: string | undefined;
}

/** The scope of a sequence that each call has of its own; the call is known later. */
export const CALL_SCOPE = 'call';
/** The same for conversations. */
export const CONVERSATION_SCOPE = 'conversation';

/** What is asked for the request; undefined where no reply has a sequence. */
export function replyQuestion(
  { replies, hasSequences, unmatchedReply }: Pick<Plan, 'replies' | 'hasSequences' | 'unmatchedReply'>,
  facts: Facts,
): ReplyQuestion | undefined {
  if (!hasSequences) return undefined;
  const candidates: ReplyCandidate[] = [];
  for (const [place, reply] of replies.entries()) {
    if (!speaksOf(reply, facts)) continue;
    candidates.push({ place, scope: scopeOf(reply, facts) });
    if (reply.sequence === undefined) break;
  }
  const goesByConversations = replies.some(({ sequence }) => sequence?.per === 'conversation');
  return {
    candidates,
    isRequired: unmatchedReply === 'error' && facts.needsReply,
    conversation: goesByConversations ? placeIn(facts.conversation, facts) : undefined,
  };
}

function scopeOf({ sequence }: PlannedReply, facts: Facts): string | undefined {
  switch (sequence?.per) {
    case undefined:
      return undefined;
    case 'key':
      return facts.keyScope;
    case 'model':
      return facts.modelScope;
    default:
      return sequence?.per;
  }
}

function placeIn(conversation: Conversation | undefined, facts: Facts): ConversationPlace | undefined {
  if (conversation === undefined) return undefined;
  const { said, before } = conversation.hashes;
  const kept = facts.follows;
  return { at: kept === undefined ? said : `${said} after ${kept}`, before: before ?? kept };
}
