import type { Verdict } from '../../core/backoff/verdict/verdict.ts';
import type { Engine } from '../../session/engine.ts';
import type { Session } from '../../session/session.ts';
import type { LoopDelayMonitor } from '../timing/loop-delay.ts';
import { eventText } from './event-text.ts';
import { judgeSessionInSteps } from './judge-session.ts';
import { judgingPause } from './judging-pause.ts';
import { circumstancesOf } from './verdict-circumstances.ts';

/** Between two verdicts, at least. */
const INTERVAL_MS = 2_000;
/** One turn of judging. One step may take longer. */
const TURN_MS = 2;

/** Finds out when the verdict on a session changes. It judges only after something has happened, seldom, and in small steps. */
export class VerdictWatch {
  readonly #session: Session;
  readonly #around: { readonly engine: Engine; readonly loopDelay: LoopDelayMonitor };
  readonly #changed: (event: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #isStale = false;
  #isAtIt = false;
  #isOver = false;
  #last = '';
  #latest: string | undefined;

  /** `changed` is told of each other verdict, as the text of an event. */
  constructor(
    session: Session,
    around: { readonly engine: Engine; readonly loopDelay: LoopDelayMonitor },
    changed: (event: string) => void,
  ) {
    this.#session = session;
    this.#around = around;
    this.#changed = changed;
  }

  /** The last verdict, as the text of an event. */
  get latest(): string | undefined {
    return this.#latest;
  }

  /** Something has happened that may change it, or somebody wants to know it. */
  look(): void {
    this.#isOver = false;
    this.#isStale = true;
    if (this.#isAtIt || this.#timer !== undefined) return;
    this.#judge();
  }

  stop(): void {
    this.#isOver = true;
    this.#last = '';
    this.#latest = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #judge(): void {
    this.#isAtIt = true;
    this.#isStale = false;
    const { engine, loopDelay } = this.#around;
    const circumstances = circumstancesOf(this.#session, engine, { ended: false });
    const steps = judgeSessionInSteps(engine.judgedWith(this.#session), loopDelay, { circumstances });
    this.#go(steps);
  }

  #go(steps: ReturnType<typeof judgeSessionInSteps>): void {
    const begun = performance.now();
    do {
      if (this.#isOver) {
        this.#isAtIt = false;
        return;
      }
      const step = steps.next();
      if (step.done === true) {
        this.#found(step.value.verdict);
        return;
      }
    } while (performance.now() < begun + TURN_MS);
    const pause = judgingPause(performance.now() - begun, { isStale: this.#isStale, isFirst: this.#latest === undefined });
    setTimeout(() => this.#go(steps), pause).unref();
  }

  #found(verdict: Verdict): void {
    this.#isAtIt = false;
    const text = eventText('verdict', verdict);
    // Time passes, and is no change.
    const compared = JSON.stringify({ ...verdict, watchedMs: 0 });
    if (compared !== this.#last) this.#changed(text);
    this.#last = compared;
    this.#latest = text;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isStale && !this.#isOver) this.#judge();
    }, INTERVAL_MS).unref();
  }
}
