import { type Backlog, received } from '../core/capacity/backlog.ts';
import type { CapacitySpec } from '../core/capacity/capacity-spec.ts';
import { healthyReply } from '../core/openai/answer.ts';
import type { ReplyContext } from '../core/openai/context.ts';
import { errorReply } from '../core/openai/error.ts';
import { overloaded, slowDown } from '../core/openai/errors.ts';
import type { Effect, Reply } from '../core/reply/effect.ts';

/** Told what became of a request, when it came before the service. `waitMs` is undefined when it was refused. */
type Told = (waitMs: number | undefined) => void;

/** Where requests meet the capacity of a session. */
export class CapacityGate {
  #backlog: Backlog | undefined;

  /**
   * The answer of a service that can do so much. A request takes its place when its answer is first asked for: a fault
   * that answers by itself uses none, one that waits first uses it later.
   */
  answer(spec: CapacitySpec, context: ReplyContext, told: Told): Reply {
    return { [Symbol.iterator]: () => this.#serve(spec, context, told) };
  }

  clear(): void {
    this.#backlog = undefined;
  }

  *#serve(spec: CapacitySpec, context: ReplyContext, told: Told): Generator<Effect> {
    const { backlog, waitMs } = received(spec, this.#backlog, context.clock.now());
    this.#backlog = backlog;
    told(waitMs);
    if (waitMs === undefined) {
      yield* errorReply(spec.status === 503 ? overloaded() : slowDown(), context);
      return;
    }
    const ms = waitMs + spec.serviceMs;
    if (ms > 0) yield { type: 'wait', ms };
    yield* healthyReply(context);
  }
}
