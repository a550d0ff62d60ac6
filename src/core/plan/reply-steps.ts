import { LruMap } from '../collections/lru-map.ts';
import type { Linked } from '../collections/use-order.ts';
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

/** Scopes, calls and conversations that are remembered at most, each; those longest out of use are forgotten first. */
const MAX_REMEMBERED = 100_000;

/** How many steps were used, by the place of the reply. */
type Used = Map<number, number>;

/** What is remembered of a scope, a call or a conversation. */
interface Remembered<Value> extends Linked<Remembered<Value>> {
  readonly name: string;
  value: Value;
}

type Memory<Value> = LruMap<string, Remembered<Value>>;

function newMemory<Value>(): Memory<Value> {
  return new LruMap(({ name }) => name);
}

/**
 * How far the sequences of replies have got. A step is used up by an answer that is made. Each attempt of a call has the step of
 * the call, but for `per: call`, which gives each answered attempt the next. In a conversation a step follows from what was said:
 * it is the one behind that of the last answer.
 */
export class ReplySteps {
  readonly #byScope = newMemory<Used>();
  readonly #byCall = newMemory<Map<string, number>>();
  readonly #byConversation = newMemory<Used>();

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
      const before = conversation.before === undefined ? undefined : this.#byConversation.get(conversation.before)?.value;
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
    const known: Used = this.#byScope.get(scope)?.value ?? new Map();
    known.set(place, used + 1);
    remember(this.#byScope, scope, known);
  }

  /** What goes on from the response or the conversation of that name goes on from that place. */
  name(name: string, at: string): void {
    const known = this.#byConversation.get(at)?.value;
    if (known !== undefined) remember(this.#byConversation, name, known);
  }

  /** Drops a call that will not come back. */
  forget(call: string): void {
    const known = this.#byCall.get(call);
    if (known !== undefined) this.#byCall.remove(known);
  }

  clear(): void {
    this.#byScope.clear();
    this.#byCall.clear();
    this.#byConversation.clear();
  }

  #used({ place, scope = '' }: ReplyCandidate, { conversation }: ReplyQuestion, call: string): number {
    if (scope === CONVERSATION_SCOPE) {
      const { before } = conversation ?? {};
      return (before === undefined ? undefined : this.#byConversation.get(before)?.value.get(place)) ?? 0;
    }
    const bound = this.#byCall.get(call)?.value.get(boundTo(place, scope));
    if (bound !== undefined || scope === CALL_SCOPE) return bound ?? 0;
    return this.#byScope.get(scope)?.value.get(place) ?? 0;
  }

  #ofCall(call: string): Map<string, number> {
    const known: Map<string, number> = this.#byCall.get(call)?.value ?? new Map();
    remember(this.#byCall, call, known);
    return known;
  }
}

function boundTo(place: number, scope: string): string {
  return `${place} ${scope}`;
}

function remember<Value>(memory: Memory<Value>, name: string, value: Value): void {
  const known = memory.get(name);
  if (known !== undefined) {
    known.value = value;
    memory.use(known);
    return;
  }
  memory.add({ name, value, older: undefined, newer: undefined });
  const { size, oldest } = memory;
  if (size > MAX_REMEMBERED && oldest !== undefined) memory.remove(oldest);
}
