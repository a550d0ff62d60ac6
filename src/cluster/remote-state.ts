import { fieldsOf } from '../core/openai/request/request.ts';
import type { StoreChange } from '../core/openai/store/session-store.ts';
import type { Plan } from '../core/plan/compile.ts';
import type { DecisionStep } from '../exchange/decision-step.ts';
import type { Incoming } from '../exchange/incoming.ts';
import type { Performed } from '../exchange/performed.ts';
import type { HeadNotes } from '../exchange/record.ts';
import type { MaybePromise } from '../session/maybe-promise.ts';
import type {
  Decided,
  ExchangeEnd,
  OpenExchange,
  QueuePlace,
  SessionState,
  UnreadRequest,
} from '../session/state/session-state.ts';
import { chosenBy } from './chosen-by.ts';
import type { DecideMessage, ExchangeProgress, SentRequest } from './messages.ts';
import type { DecisionLine } from './primary-client.ts';
import { sentRequest } from './sent-request.ts';

export interface RemoteStateParts {
  readonly client: DecisionLine;
  /** Whether a connection of this worker is known to be closed. */
  isClosed(connection: number): boolean;
  /** The plan that the session goes by, as far as it is known here. */
  plan(): Plan;
}

/** The state of a session in the primary, seen from a worker. */
export class RemoteState implements SessionState {
  readonly #session: string;
  readonly #client: DecisionLine;
  readonly #parts: RemoteStateParts;

  constructor(session: string, parts: RemoteStateParts) {
    this.#session = session;
    this.#client = parts.client;
    this.#parts = parts;
  }

  async decide(step: DecisionStep): Promise<Decided | 'stale'> {
    const answer = await this.#client.request(this.#message(step));
    if (answer.kind !== 'decided') return 'stale';
    const { ref, ruling, placed } = answer;
    const { correlation, elapsedMs, limit, applied, choice, found } = ruling;
    return {
      correlation,
      elapsedMs,
      limit,
      ...chosenBy(applied),
      choice,
      found,
      exchange: new RemoteExchange(this.#client, ref, placed),
    };
  }

  async decideEarly({ incoming, path, forced }: UnreadRequest): Promise<Decided | undefined> {
    const session = this.#session;
    const answer = await this.#client.request({
      kind: 'decide early',
      session,
      request: this.#sent(incoming),
      path,
      forced: forced?.calls,
    });
    if (answer.kind !== 'decided early' || answer.refusal === undefined) return undefined;
    const { applied, recognition: correlation } = answer.refusal;
    return {
      correlation,
      elapsedMs: 0,
      limit: undefined,
      ...chosenBy(applied),
      exchange: new RemoteExchange(this.#client, answer.ref, undefined),
    };
  }

  abandoned({ incoming, path }: Omit<UnreadRequest, 'forced'>, performed: Performed): void {
    this.#client.notify({ kind: 'abandoned', session: this.#session, request: this.#sent(incoming), path, performed });
  }

  begin(): void {
    this.#client.reading(this.#session, 1);
  }

  release(): void {
    this.#client.reading(this.#session, -1);
  }

  /** The primary looks, and waits, before it decides. */
  isWaiting(): boolean {
    return false;
  }

  #sent(incoming: Incoming): SentRequest {
    return sentRequest(incoming, { isOpen: !this.#parts.isClosed(incoming.connection.id) });
  }

  #message(step: DecisionStep): Omit<DecideMessage, 'ref'> {
    const { planVersion, incoming, request, bodySha256, evidence, failsAt, limited, forced, preset, traits, reference } = step;
    const { replies, keptBody, letThrough, recorded } = step;
    const { model, stream } = fieldsOf(request);
    const { rules } = this.#parts.plan();
    const matches = [...step.matches];
    const scoped = (scope: 'key' | 'model') => matches.some((place) => rules[place]?.rule.per === scope);
    return {
      kind: 'decide',
      session: this.#session,
      plan: planVersion,
      request: this.#sent(incoming),
      pathCall: evidence.pathCall,
      path: request.path,
      fingerprint: request.fingerprint,
      bodySha256,
      endpoint: request.endpoint?.name,
      dialect: request.dialect.id,
      model: typeof model === 'string' ? model : undefined,
      stream: stream === true,
      failsAt,
      limited: limited && { name: limited.name, draw: limited.draw },
      forced: forced?.calls,
      preset: preset?.applied,
      matches,
      traits: {
        streamed: traits.streamed,
        features: traits.features,
        carrier: traits.carrier,
        protocol: traits.protocol,
        dialect: traits.dialect,
        keyScope: scoped('key') ? traits.keyScope : '',
        modelScope: scoped('model') ? traits.modelScope : '',
      },
      reference,
      replies,
      keptBody,
      letThrough,
      recorded,
    };
  }
}

/** An exchange that the primary follows. */
class RemoteExchange implements OpenExchange {
  readonly #client: DecisionLine;
  readonly #ref: number;
  readonly #placed: QueuePlace | undefined;
  /** The message of its head, to which the end is added when it has not left. */
  #progress: ExchangeProgress | undefined;

  /** `placed`: the place that the primary took for it with the decision. */
  constructor(client: DecisionLine, ref: number, placed: QueuePlace | undefined) {
    this.#client = client;
    this.#ref = ref;
    this.#placed = placed;
  }

  reserve(): MaybePromise<QueuePlace> {
    return this.#placed ?? this.#reserveInPrimary();
  }

  keep(change: StoreChange): void {
    // The end must not come before it: after the end nothing is kept.
    this.#progress = undefined;
    this.#client.notify({ kind: 'keep', ref: this.#ref, change });
  }

  waiting(): void {
    this.#client.notify({ kind: 'waits', ref: this.#ref });
  }

  started(notes: HeadNotes): void {
    this.#progress = { kind: 'exchange progress', ref: this.#ref, head: notes };
    this.#client.notify(this.#progress);
  }

  ended(end: ExchangeEnd): void {
    if (this.#progress !== undefined && this.#client.isQueued(this.#progress)) this.#progress.end = end;
    else this.#client.notify({ kind: 'exchange progress', ref: this.#ref, end });
  }

  async #reserveInPrimary(): Promise<QueuePlace> {
    const answer = await this.#client.place(this.#ref);
    return { waitMs: answer.kind === 'placed' ? answer.waitMs : undefined };
  }
}
