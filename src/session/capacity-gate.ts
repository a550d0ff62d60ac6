import { type Backlog, type Pending, pending, received } from '../core/capacity/backlog.ts';
import type { CapacitySpec } from '../core/capacity/capacity-spec.ts';
import { healthyReply } from '../core/openai/endpoints/healthy-reply.ts';
import { errorReply } from '../core/openai/errors/error.ts';
import { overloaded, slowDown } from '../core/openai/errors/errors.ts';
import type { ReplyContext } from '../core/openai/request/reply-context.ts';
import type { Reply } from '../core/wire/effect.ts';

/** Where requests meet the capacity of a session. */
export class CapacityGate {
  #backlog: Backlog | undefined;

  /** Takes a place in the queue of a service that can do so much: how long it waits, undefined when it is refused. */
  take(spec: CapacitySpec, at: number): number | undefined {
    const { backlog, waitMs } = received(spec, this.#backlog, at);
    this.#backlog = backlog;
    return waitMs;
  }

  /** What the service has to do. */
  look(spec: CapacitySpec, at: number): Pending {
    return pending(spec, this.#backlog, at);
  }

  clear(): void {
    this.#backlog = undefined;
  }
}

/** The answer of a service in whose queue the request waits, or which refuses it. */
export function* servedAfter(waitMs: number | undefined, spec: CapacitySpec, context: ReplyContext): Reply {
  if (waitMs === undefined) {
    yield* errorReply(spec.status === 503 ? overloaded() : slowDown(), context);
    return;
  }
  const ms = waitMs + spec.serviceMs;
  if (ms > 0) yield { type: 'wait', ms };
  yield* healthyReply(context);
}
