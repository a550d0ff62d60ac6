import { downtimeAt, takesServerDown } from '../core/plan/downtime-at.ts';
import { MAX_DURATION_MS } from '../core/units/duration.ts';
import type { Engine } from '../session/engine.ts';

/** A server that can be taken down for a while. */
export interface Downable {
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
}

/** Is told when the server goes down, by which rule, and when it is back. */
export type DowntimeTeller = Pick<Engine, 'serverWentDown' | 'serverCameBack'>;

/** Takes the server down and brings it back as the scenario of the default session says, by the clock of that session. */
export class DowntimeSchedule {
  readonly #engine: Engine;
  readonly #server: Downable;
  readonly #teller: DowntimeTeller;
  readonly #stopListening: readonly (() => void)[];
  #timer: NodeJS.Timeout | undefined;
  #isDown = false;
  #isOver = false;
  /** Resolves when the server is where it is to be. */
  #settled: Promise<void> = Promise.resolve();

  constructor(engine: Engine, server: Downable, teller: DowntimeTeller = engine) {
    this.#engine = engine;
    this.#server = server;
    this.#teller = teller;
    this.#stopListening = [
      engine.onClockStart(() => this.#look()),
      engine.onPlan((_id, session) => {
        if (session === engine.defaultSession) this.#look();
      }),
    ];
    this.#look();
  }

  /** Resolves when the server is down, or listens, as the scenario says. */
  settled(): Promise<void> {
    return this.#settled;
  }

  /** From now on the server is left as it is. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    for (const stop of this.#stopListening) stop();
  }

  /** Does what the moment asks for, and looks again when that may be something else. */
  #look(): void {
    clearTimeout(this.#timer);
    if (this.#isOver) return;
    const { clock, defaultSession } = this.#engine;
    const { rules } = defaultSession.plan;
    const from = takesServerDown(rules) ? defaultSession.clockStartedAt : undefined;
    const now = clock.now();
    const { downBy, until } = from === undefined ? UP : downtimeAt(rules, now - from);
    if (downBy !== undefined && !this.#isDown) {
      this.#isDown = true;
      this.#teller.serverWentDown(downBy);
      void this.#server.goDown();
    } else if (downBy === undefined && this.#isDown) {
      this.#isDown = false;
      this.#settled = this.#server.comeBack().then(() => {
        if (!this.#isDown) this.#teller.serverCameBack();
      });
    }
    if (from === undefined || until === Number.POSITIVE_INFINITY) return;
    const ms = Math.min(MAX_DURATION_MS, Math.max(1, Math.ceil(from + until - now)));
    this.#timer = setTimeout(() => this.#look(), ms).unref();
  }
}

const UP = { downBy: undefined, until: Number.POSITIVE_INFINITY };
