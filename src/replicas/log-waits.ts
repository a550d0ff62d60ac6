import type { DecisionService, DecisionWaits } from '../cluster/decision-service.ts';
import type { DecideMessage } from '../cluster/messages.ts';
import { refersToOthers } from '../core/openai/store/lost-error.ts';
import type { Session } from '../session/session.ts';
import { LEAVING_MS } from '../session/state/session-state.ts';

/** A replica that is asked for what it knows answers within this time, or is not waited for. */
const TELLING_MS = 400;

/** Something that goes on when the others have told what they know. */
interface Park {
  readonly left: Set<DecisionService>;
  goOn(): void;
}

/** What those wait for that need to know what a replica knows: an entry of it that was written after this one. */
interface AwaitedEntry {
  readonly n: number;
  readonly park: Park;
}

export interface LogWaitsParts {
  /** The number of the entry that is carried out. */
  entry(): number;
  /** The desk of this replica. */
  isOwn(desk: DecisionService): boolean;
  /** Tells all others that this replica has told what it knew as it read that entry. */
  pong(n: number): void;
  /** Tells all that the decision on a request of this replica waits no more. */
  goOn(ref: number): void;
}

/**
 * How decisions wait in a log: what they wait for are entries, so that every replica goes on at the same place. Only the replica that
 * has the request watches the time, and says in the log that it is up.
 */
export class LogWaits {
  readonly #parts: LogWaitsParts;
  readonly #awaited = new Map<DecisionService, AwaitedEntry[]>();
  /** Decisions that wait, by the desk and the number of their requests. */
  readonly #parks = new Map<DecisionService, Map<number, Park>>();

  constructor(parts: LogWaitsParts) {
    this.#parts = parts;
  }

  /** What a desk is handed. */
  of(desk: () => DecisionService): DecisionWaits {
    return {
      needsAll,
      afterTold: (ask, others, goOn) => this.#park(desk(), ask, { others, goOn, withinMs: TELLING_MS }),
      afterPause: (ask, goOn) => this.#park(desk(), ask, { others: [], goOn, withinMs: LEAVING_MS }),
    };
  }

  /** Goes on when those replicas have told what they know. */
  whenTold(others: readonly DecisionService[], goOn: () => void): void {
    if (others.length === 0) goOn();
    else this.#await({ left: new Set(others), goOn });
  }

  /** The replica has told all that it knew as it read that entry; Infinity: it is no more. */
  told(desk: DecisionService, n: number): void {
    const awaited = this.#awaited.get(desk);
    if (awaited === undefined) return;
    const done = awaited.filter((one) => one.n <= n);
    this.#awaited.set(
      desk,
      awaited.filter((one) => one.n > n),
    );
    for (const { park } of done) {
      if (!park.left.delete(desk) || park.left.size > 0) continue;
      park.goOn();
    }
  }

  /** The time of a decision is up. */
  timeIsUp(desk: DecisionService, ref: number): void {
    this.#parks.get(desk)?.get(ref)?.goOn();
  }

  /** The replica is no more. */
  forget(desk: DecisionService): void {
    this.#parks.delete(desk);
    this.told(desk, Number.POSITIVE_INFINITY);
    this.#awaited.delete(desk);
  }

  #park(desk: DecisionService, { ref }: DecideMessage, { others, goOn, withinMs }: Parking): void {
    let parks = this.#parks.get(desk);
    if (parks === undefined) this.#parks.set(desk, (parks = new Map()));
    const own = parks;
    const timer = this.#parts.isOwn(desk) ? setTimeout(() => this.#parts.goOn(ref), withinMs) : undefined;
    const park: Park = {
      left: new Set(others),
      goOn: () => {
        if (own.get(ref) !== park) return;
        own.delete(ref);
        clearTimeout(timer);
        goOn();
      },
    };
    own.set(ref, park);
    this.#await(park);
  }

  #await(park: Park): void {
    const n = this.#parts.entry();
    for (const desk of park.left) {
      const awaited = this.#awaited.get(desk);
      if (awaited === undefined) this.#awaited.set(desk, [{ n, park }]);
      else awaited.push({ n, park });
      if (this.#parts.isOwn(desk)) this.#parts.pong(n);
    }
  }
}

interface Parking {
  readonly others: readonly DecisionService[];
  goOn(): void;
  readonly withinMs: number;
}

/** What was kept, what is being served, and the calls that go from one service to another, are known to the replica that answers. */
function needsAll({ reference, limited }: DecideMessage, session: Session | undefined): boolean {
  if (reference !== undefined && refersToOthers(reference)) return true;
  return limited?.draw.inFlight !== undefined || session?.plan.acrossTargets === true;
}
