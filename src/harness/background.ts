import type { BackgroundEnd, BackgroundOrders } from './background-message.ts';
import { Noise } from './noise.ts';

const WHY_LEFT_OUT = 'too many were under way, or the machine is too slow';

export type Background = Noise<BackgroundEnd>;

/** Starts requests beside those of the clients, that use up what they share: a process that asks at an even rate, whatever it is told. */
export async function startBackground(orders: BackgroundOrders): Promise<Background> {
  const background: Background = new Noise({
    name: 'background',
    program: new URL('../harness/background-process.js', import.meta.url),
    orders,
    troubleIn: ({ leftOut }) => (leftOut === 0 ? undefined : `the background left out ${leftOut} requests: ${WHY_LEFT_OUT}`),
  });
  await background.ready;
  return background;
}
