import type { CapacitySpec } from '../core/capacity/capacity-spec.ts';
import type { Clock } from '../core/clock.ts';
import { applyFaults } from '../core/faults/catalogue.ts';
import type { FaultCall } from '../core/faults/registry.ts';
import type { Libraries } from '../core/libraries.ts';
import type { Amounts } from '../core/limits/buckets.ts';
import { healthyReply } from '../core/openai/endpoints/healthy-reply.ts';
import { errorReply } from '../core/openai/errors/error.ts';
import type { ReplyContext } from '../core/openai/request/reply-context.ts';
import { fieldsOf } from '../core/openai/request/request.ts';
import { type Plan, stepOf } from '../core/plan/compile.ts';
import type { Reply } from '../core/wire/effect.ts';
import { unusedOf } from '../exchange/admission.ts';
import { buildResponse } from '../exchange/build-response.ts';
import type { Incoming } from '../exchange/incoming.ts';
import type { Performed } from '../exchange/performed.ts';
import { type Destination, type Prepared, prepare } from '../exchange/prepare.ts';
import { type HeadNotes, noteHead } from '../exchange/record.ts';
import type { SessionPort } from '../server/engine-port.ts';
import { servedAfter } from '../session/capacity-gate.ts';
import type { Exchange } from '../session/exchange.ts';
import type { ExchangeProgress, FromWorker, ToWorker } from './messages.ts';
import type { PrimaryClient } from './primary-client.ts';
import { sentRequest } from './sent-request.ts';

type Ruled = Extract<ToWorker, { kind: 'decided' }>;
type Asking = Omit<Extract<FromWorker, { kind: 'decide' }>, 'ref'>;

/** What a session is answered by. */
export interface RemoteWorld {
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly line: PrimaryClient;
  /** The plan that a session goes by, as far as it is known here. */
  planOf(session: string): Plan;
  /** The number that the primary knows a plan by. */
  numberOf(plan: Plan): number;
}

/** A session whose state is in the primary. */
export class RemoteSession implements SessionPort {
  readonly id: string;
  readonly #world: RemoteWorld;

  constructor(id: string, world: RemoteWorld) {
    this.id = id;
    this.#world = world;
  }

  get maxBodyBytes(): number {
    return this.#world.planOf(this.id).maxBodyBytes;
  }

  begin(): void {
    this.#world.line.reading(this.id, 1);
  }

  release(): void {
    this.#world.line.reading(this.id, -1);
  }

  /** The primary looks, and waits, before it decides. */
  isWaiting(): boolean {
    return false;
  }

  refuse(incoming: Incoming, { path, forced }: Destination): Promise<Exchange | undefined> | undefined {
    return this.#mayRefuse(forced) ? this.#askEarly(incoming, path, forced) : undefined;
  }

  abandoned(incoming: Incoming, { path }: Destination, performed: Performed): void {
    this.#world.line.notify({ kind: 'abandoned', session: this.id, request: sentRequest(incoming), path, performed });
  }

  prepare(incoming: Incoming, destination: Destination): Prepared {
    return prepare(incoming, destination, { plan: this.#world.planOf(this.id), libraries: this.#world.libraries });
  }

  async receive(given: Prepared): Promise<Exchange> {
    let prepared = given;
    for (;;) {
      const answer = await this.#world.line.request(this.#question(prepared));
      if (answer.kind === 'decided') return this.#exchange(prepared, answer);
      const { incoming, request, step, preset } = prepared;
      prepared = this.prepare(incoming, { path: request.path, call: step.evidence.pathCall, forced: step.forced, preset });
    }
  }

  #mayRefuse(forced: readonly FaultCall[] | undefined): boolean {
    if (forced !== undefined) return stepOf(forced).strikes === 'accept';
    return this.#world.planOf(this.id).rules.some(({ appliesAt: meets }) => meets === 'connection');
  }

  async #askEarly(incoming: Incoming, path: string, forced: Destination['forced']): Promise<Exchange | undefined> {
    const { line } = this.#world;
    const answer = await line.request({ kind: 'decide early', session: this.id, request: sentRequest(incoming), path, forced });
    const refusal = answer.kind === 'decided early' ? answer.refusal : undefined;
    if (refusal === undefined) return undefined;
    return { takeReply: () => [{ type: 'reset' }], applied: refusal.applied, ...this.#telling(answer.ref, undefined) };
  }

  #question(prepared: Prepared): Asking {
    const { plan, incoming, request, bodySha256, step } = prepared;
    const { evidence, failsAt, limited, forced, preset, traits } = step;
    const { model, stream } = fieldsOf(request);
    const matches = [...step.matches];
    const scoped = (scope: 'key' | 'model') => matches.some((place) => plan.rules[place]?.rule.per === scope);
    return {
      kind: 'decide',
      session: this.id,
      plan: this.#world.numberOf(plan),
      request: sentRequest(incoming),
      pathCall: evidence.pathCall,
      path: request.path,
      fingerprint: request.fingerprint,
      bodySha256,
      endpoint: request.endpoint?.name,
      model: typeof model === 'string' ? model : undefined,
      stream: stream === true,
      failsAt,
      limited: limited && { name: limited.name, draw: limited.draw },
      forced,
      preset,
      matches,
      traits: {
        streamed: traits.streamed,
        keyScope: scoped('key') ? traits.keyScope : '',
        modelScope: scoped('model') ? traits.modelScope : '',
      },
    };
  }

  #exchange(prepared: Prepared, { ref, ruling, placed }: Ruled): Exchange {
    const { clock, libraries } = this.#world;
    const { plan, limited, preset: fate } = prepared;
    const { limit: taken, applied } = ruling;
    const { refusal, context } = buildResponse(prepared, ruling, { plan, clock, libraries });
    const served = plan.capacity === undefined ? healthyReply(context) : this.#queued(plan.capacity, context, { ref, placed });
    const base = refusal === undefined ? served : errorReply(refusal, context);
    let reply = fate?.reply ?? applyFaults(base, applied?.faults ?? [], context);
    const takeReply = () => {
      const taken = reply;
      reply = [];
      return taken;
    };
    return {
      takeReply,
      applied,
      ...this.#telling(ref, limited && taken && (() => unusedOf(limited, taken, context))),
    };
  }

  /** The answer of a service that has a queue. Where faults come before it, the place is asked for when they are over. */
  *#queued(capacity: CapacitySpec, context: ReplyContext, { ref, placed }: Pick<Ruled, 'ref' | 'placed'>): Reply {
    let place = placed;
    if (place === undefined) {
      const asked = this.#world.line.place(ref).then((answer) => {
        if (answer.kind === 'placed') place = answer;
      });
      yield { type: 'wait', ms: 0, until: asked };
    }
    yield* servedAfter(place?.waitMs, capacity, context);
  }

  /** Tells how the exchange goes on. `unused`: what goes back into the buckets when a success is over. */
  #telling(ref: number, unused: (() => Amounts | undefined) | undefined): Pick<Exchange, 'waits' | 'headSent' | 'finished'> {
    const { line, clock } = this.#world;
    const notes: HeadNotes = {
      t_firstByteBefore: null,
      status: null,
      errorCode: null,
      errorType: null,
      hint: null,
      shouldRetry: null,
      paceDueAt: null,
    };
    let told: ExchangeProgress | undefined;
    let waits = false;
    return {
      waits: () => {
        if (!waits && told === undefined) line.notify({ kind: 'waits', ref });
        waits = true;
      },
      headSent: (head) => {
        noteHead(notes, head, clock);
        told = { kind: 'exchange progress', ref, head: notes };
        line.notify(told);
      },
      finished: (performed) => {
        const back = notes.status === 200 ? unused?.() : undefined;
        const end = { performed, endedAt: performed.clientCloseAt ?? clock.now(), unused: back };
        if (told !== undefined && line.isQueued(told)) told.end = end;
        else line.notify({ kind: 'exchange progress', ref, end });
      },
    };
  }
}
