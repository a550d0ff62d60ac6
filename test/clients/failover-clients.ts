import type { ClientTools, VirtualClient, VirtualResponse } from '../support/virtual-world.ts';

/** A circuit breaker of a program. Times in milliseconds. */
class Breaker {
  readonly #openForMs: number;
  readonly #probesAlone: boolean;
  #failures = 0;
  #openedAt: number | undefined;
  #probing = false;

  constructor({ openForMs, probesAlone }: { readonly openForMs: number; readonly probesAlone: boolean }) {
    this.#openForMs = openForMs;
    this.#probesAlone = probesAlone;
  }

  admits(now: number): boolean {
    if (this.#openedAt === undefined) return true;
    if (now - this.#openedAt < this.#openForMs || this.#probing) return false;
    this.#probing = this.#probesAlone;
    return true;
  }

  note(ok: boolean, now: number): void {
    this.#probing = false;
    this.#failures = ok ? 0 : this.#failures + 1;
    this.#openedAt = this.#failures >= 5 ? now : undefined;
  }
}

/** What all calls of a program share. */
function shared<State>(make: () => State): (tools: ClientTools) => State {
  const states = new WeakMap<object, State>();
  return ({ program }) => {
    const state = states.get(program) ?? make();
    states.set(program, state);
    return state;
  };
}

/** The answer; throws what is none. */
export function textOf(response: VirtualResponse): string {
  if (response.status !== 200) throw new Error(String(response.status));
  return response.text;
}

export const asksPrimaryAlone: VirtualClient = async (tools) => textOf(await tools.request({ provider: 'primary' }));

/** Asks the backup after what `goesOn` says. */
export const failingOver =
  (goesOn: (status: number) => boolean): VirtualClient =>
  async (tools) => {
    const first = await tools.request({ provider: 'primary' });
    return textOf(goesOn(first.status) ? await tools.request({ provider: 'backup' }) : first);
  };

/** Asks the primary while its breaker admits that, else the backup. */
export const withBreaker = (options: { readonly openForMs: number; readonly probesAlone: boolean }): VirtualClient => {
  const breakerOf = shared(() => new Breaker(options));
  return async (tools) => {
    const breaker = breakerOf(tools);
    if (breaker.admits(tools.now())) {
      const first = await tools.request({ provider: 'primary' });
      breaker.note(first.status === 200, tools.now());
      if (first.status === 200) return first.text;
    }
    return textOf(await tools.request({ provider: 'backup' }));
  };
};

/** Two keys by turns; `onLimit` is asked where to go while one is told to wait. */
export const keyPool = (onLimit: 'other key' | 'other provider'): VirtualClient => {
  const poolOf = shared(() => ({ calls: 0, heldUntil: 0 }));
  return async (tools) => {
    const pool = poolOf(tools);
    pool.calls += 1;
    const isHeld = tools.now() < pool.heldUntil;
    if (isHeld && onLimit === 'other provider') return textOf(await tools.request({ provider: 'backup' }));
    const key = !isHeld && pool.calls % 2 === 1 ? 'sk-a' : 'sk-b';
    const first = await tools.request({ provider: 'primary', key });
    if (first.status === 200) return first.text;
    pool.heldUntil = tools.now() + Number(first.header('retry-after')) * 1_000;
    return textOf(await tools.request(onLimit === 'other key' ? { provider: 'primary', key: 'sk-b' } : { provider: 'backup' }));
  };
};

/** Asks the primary once more after a wait at random, and then the backup. */
export const retryingThenFailingOver: VirtualClient = async (tools) => {
  for (let attempt = 0; attempt < 2; attempt++) {
    const response = await tools.request({ provider: 'primary' });
    if (response.status === 200) return response.text;
    if (attempt === 0) await tools.sleep(200 + 600 * tools.random());
  }
  return textOf(await tools.request({ provider: 'backup' }));
};

/** Asks the backup the same when the primary has not answered in time, takes the first good answer, and leaves the other. */
export const hedging =
  (afterMs: number): VirtualClient =>
  async (tools) => {
    const [first, second] = [new AbortController(), new AbortController()];
    const primary = tools.request({ provider: 'primary', signal: first.signal }).then(textOf);
    const backup = tools
      .sleep(afterMs, second.signal)
      .then(() => tools.request({ provider: 'backup', signal: second.signal }))
      .then(textOf);
    try {
      return await Promise.any([primary, backup]);
    } finally {
      for (const controller of [first, second]) controller.abort(new Error('the other was faster'));
    }
  };
