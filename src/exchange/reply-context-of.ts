import type { Clock } from '../core/clock.ts';
import type { Libraries } from '../core/libraries.ts';
import { memoize } from '../core/memo/body-memo.ts';
import { latencyAt } from '../core/openai/content/latency.ts';
import type { AnswerSettings } from '../core/openai/request/answer-settings.ts';
import type { Identity } from '../core/openai/request/identity.ts';
import { promptHash } from '../core/openai/request/prompt-hash.ts';
import type { ReplyContext } from '../core/openai/request/reply-context.ts';
import type { ApiRequest } from '../core/openai/request/request.ts';
import type { Plan } from '../core/plan/compile.ts';
import type { Facts } from '../core/plan/facts.ts';
import type { ReplyChoice } from '../core/plan/reply-steps.ts';
import { branch, type Random } from '../core/random.ts';
import type { Draws } from './draws.ts';
import { spokenSettings } from './spoken-settings.ts';
import type { ReadRequest } from './unread-request.ts';

/** The world in which a request is answered. */
export interface Surroundings extends Pick<ReplyContext, 'found' | 'batched' | 'keep' | 'bill' | 'leastCalls'> {
  readonly plan: Plan;
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly facts: Facts;
  readonly account: ReplyContext['account'];
  readonly draws: Draws;
  /** Milliseconds on the clock of the session. */
  readonly elapsedMs: number;
  /** What was chosen to be said, where replies have sequences. */
  readonly choice?: ReplyChoice | undefined;
  /** No fault applies. */
  readonly unchanged: boolean;
}

type Labels = readonly (string | number)[];

/** Everything the reply to a request may depend on. */
export function replyContextOf(read: Pick<ReadRequest, 'incoming' | 'request'>, surroundings: Surroundings): ReplyContext {
  return new RequestContext(read, surroundings);
}

class RequestContext implements ReplyContext {
  readonly request: ApiRequest;
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly identity: Identity;
  readonly account: ReplyContext['account'];
  readonly requestId: string;
  readonly receivedAt: number;
  readonly settings: AnswerSettings;
  readonly unchanged: boolean;
  readonly leastCalls: number | undefined;
  readonly found: ReplyContext['found'];
  readonly batched: ReplyContext['batched'];
  readonly keep: ReplyContext['keep'];
  readonly bill: ReplyContext['bill'];
  readonly random: ReplyContext['random'];
  readonly #seed: number;
  #forkText: ReplyContext['random'] | undefined;

  constructor(
    { incoming, request }: Pick<ReadRequest, 'incoming' | 'request'>,
    {
      plan,
      clock,
      libraries,
      facts,
      account,
      draws,
      elapsedMs,
      choice,
      unchanged,
      leastCalls,
      found,
      batched,
      keep,
      bill,
    }: Surroundings,
  ) {
    this.request = request;
    this.clock = clock;
    this.libraries = libraries;
    this.identity = plan.identity;
    this.account = account;
    this.requestId = request.dialect.requestId?.(draws.requestId) ?? draws.requestId;
    this.receivedAt = incoming.headersAt;
    this.settings = settingsFor(plan, facts, elapsedMs, choice);
    this.unchanged = unchanged;
    this.leastCalls = leastCalls;
    this.found = found;
    this.batched = batched;
    this.keep = keep;
    this.bill = bill;
    this.#seed = plan.seed;
    this.random = draws.random;
  }

  get #asked(): string {
    const { request } = this;
    return memoize(request.memo, 'asked', [request.path], () => promptHash(request));
  }

  textRandom(...labels: Labels): Random {
    this.#forkText ??= branch(this.#seed, 'text', this.#asked);
    return this.#forkText(...labels);
  }
}

function settingsFor(plan: Plan, facts: Facts, elapsedMs: number, choice: ReplyChoice | undefined): AnswerSettings {
  const settings = spokenSettings(plan, facts, choice);
  if (!plan.latencyChanges) return settings;
  const { ttft, interToken } = settings.latency;
  return { ...settings, latency: { ttft: latencyAt(ttft, elapsedMs), interToken: latencyAt(interToken, elapsedMs) } };
}
