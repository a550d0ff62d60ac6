import type { PlannedReply } from './planned-reply.ts';
import { CALL_SCOPE, CONVERSATION_SCOPE, type ReplyCandidate, type ReplyQuestion } from './reply-question.ts';

/** What a request is answered with. Plain data. */
export interface ReplyChoice {
  /** In the list of replies; undefined where none has anything to say. */
  readonly place: number | undefined;
  /** Of its steps, from 0. */
  readonly step: number;
}

/** A choice, and what is to be noted when its answer is made. */
export interface OpenChoice extends ReplyChoice {
  /** Steps of the sequence that were used before; undefined where it is no sequence. */
  readonly used: number | undefined;
  readonly scope: string;
}

/** Scopes, calls and conversations that are remembered at most, each; the oldest are forgotten first. */
const MAX_REMEMBERED = 100_000;

/** How many steps were used, by the place of the reply. */
type Used = Map<number, number>;

/**
 * How far the sequences of replies have got. A step is used up by an answer that is made. Each attempt of a call has the step of
 * the call, but for `per: call`, which gives each answered attempt the next. In a conversation a step follows from what was said:
 * it is the one behind that of the last answer.
 */
export class ReplySteps {
  readonly #byScope = new Map<string, Used>();
  readonly #byCall = new Map<string, Map<string, number>>();
  readonly #byConversation = new Map<string, Used>();

  /** What a request of a call is answered with. */
  choose(replies: readonly PlannedReply[], question: ReplyQuestion, call: string): OpenChoice {
    for (const { place, scope } of question.candidates) {
      const reply = replies[place];
      if (reply === undefined) continue;
      if (reply.sequence === undefined || scope === undefined) return { place, step: 0, used: undefined, scope: '' };
      const used = this.#used({ place, scope }, question, call);
      const step = reply.sequence.repeat ? used % reply.steps.length : used;
      if (step < reply.steps.length) return { place, step, used, scope };
    }
    return { place: undefined, step: 0, used: undefined, scope: '' };
  }

  /** Notes that an answer to the request is made. */
  note({ place, used, scope }: OpenChoice, { conversation }: ReplyQuestion, call: string): void {
    const isOfConversation = scope === CONVERSATION_SCOPE;
    if (conversation !== undefined) {
      const before = conversation.before === undefined ? undefined : this.#byConversation.get(conversation.before);
      const known: Used = new Map(before);
      if (isOfConversation && place !== undefined && used !== undefined) known.set(place, used + 1);
      if (known.size > 0) remember(this.#byConversation, conversation.at, known);
    }
    if (place === undefined || used === undefined || isOfConversation) return;
    if (scope === CALL_SCOPE) {
      this.#ofCall(call).set(boundTo(place, scope), used + 1);
      return;
    }
    const bound = this.#ofCall(call);
    if (bound.has(boundTo(place, scope))) return;
    bound.set(boundTo(place, scope), used);
    const known = this.#byScope.get(scope) ?? new Map<number, number>();
    known.set(place, used + 1);
    remember(this.#byScope, scope, known);
  }

  /** What goes on from the response or the conversation of that name goes on from that place. */
  name(name: string, at: string): void {
    const known = this.#byConversation.get(at);
    if (known !== undefined) remember(this.#byConversation, name, known);
  }

  /** Drops a call that will not come back. */
  forget(call: string): void {
    this.#byCall.delete(call);
  }

  clear(): void {
    this.#byScope.clear();
    this.#byCall.clear();
    this.#byConversation.clear();
  }

  #used({ place, scope = '' }: ReplyCandidate, { conversation }: ReplyQuestion, call: string): number {
    if (scope === CONVERSATION_SCOPE) {
      const { before } = conversation ?? {};
      return (before === undefined ? undefined : this.#byConversation.get(before)?.get(place)) ?? 0;
    }
    const bound = this.#byCall.get(call)?.get(boundTo(place, scope));
    if (bound !== undefined || scope === CALL_SCOPE) return bound ?? 0;
    return this.#byScope.get(scope)?.get(place) ?? 0;
  }

  #ofCall(call: string): Map<string, number> {
    const known = this.#byCall.get(call) ?? new Map<string, number>();
    remember(this.#byCall, call, known);
    return known;
  }
}

function boundTo(place: number, scope: string): string {
  return `${place} ${scope}`;
}

/** The newest is the last. */
function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MAX_REMEMBERED) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
