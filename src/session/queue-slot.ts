import type { CapacitySpec } from '../core/capacity/capacity-spec.ts';
import { healthyReply } from '../core/openai/endpoints/healthy-reply.ts';
import type { ReplyContext } from '../core/openai/request/reply-context.ts';
import type { Reply } from '../core/wire/effect.ts';
import { servedAfter } from './capacity-gate.ts';
import { isPromise } from './maybe-promise.ts';
import type { OpenExchange, QueuePlace } from './state/session-state.ts';

/** The place of a request in the queue of a service whose capacity is limited. */
export class QueueSlot {
  readonly #exchange: OpenExchange;
  #place: QueuePlace | undefined;
  #arrival: Promise<void> | undefined;

  constructor(exchange: OpenExchange) {
    this.#exchange = exchange;
  }

  /** Resolves when the place is known, or cannot be; undefined where nothing has to be waited for. */
  get arrival(): Promise<void> | undefined {
    return this.#arrival;
  }

  /**
   * The reply of the service, as far as it has capacity. The request takes its place when the reply is first asked for: a
   * fault that answers by itself uses none, one that waits first uses it later.
   */
  *reply(capacity: CapacitySpec, context: ReplyContext): Reply {
    const place = this.#exchange.reserve();
    if (isPromise(place)) {
      this.#arrival = place.then(
        (taken) => void (this.#place = taken),
        () => undefined,
      );
      yield { type: 'wait', ms: 0, until: 'placed' };
    } else this.#place = place;
    yield* servedAfter(this.#place?.waitMs, capacity, context);
  }

  /** The reply of the service, which needs no place where its capacity has no limit. */
  static reply(slot: QueueSlot | undefined, capacity: CapacitySpec | undefined, context: ReplyContext): Reply {
    return slot === undefined || capacity === undefined ? healthyReply(context) : slot.reply(capacity, context);
  }
}
