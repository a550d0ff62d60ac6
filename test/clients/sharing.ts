import type { VirtualClient, VirtualResponse } from '../support/virtual-world.ts';
import { readAnswer } from './good-client.ts';

/** A client whose calls share something, made anew for each program. */
export function sharing<State extends object>(make: () => State, client: (shared: State) => VirtualClient): VirtualClient {
  const states = new WeakMap<object, State>();
  return (tools, signal) => {
    const state = states.get(tools.program) ?? make();
    states.set(tools.program, state);
    return client(state)(tools, signal);
  };
}

/** A client whose calls share one limiter. It is closed for as long as the latest answer asks, in milliseconds. */
export function limitedTogether(closedMs: (response: VirtualResponse) => number): VirtualClient {
  return sharing(
    () => ({ opensAt: 0 }),
    (limiter) => async (tools) => {
      for (let attempt = 1; attempt <= 4; attempt++) {
        while (tools.now() < limiter.opensAt) await tools.sleep(limiter.opensAt - tools.now());
        const response = await tools.request();
        limiter.opensAt = Math.max(limiter.opensAt, tools.now() + closedMs(response));
        if (response.status === 200) return readAnswer(response.text);
      }
      throw new Error('four attempts were refused');
    },
  );
}
