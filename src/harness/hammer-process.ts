import { hammer } from '../libraries/hammer.ts';
import { HAMMER_CALL, type HammerOrders } from './hammer-message.ts';
import { machineNow } from './machine-clock.ts';
import type { FromNoise, NoiseSpan, ToNoise } from './noise-message.ts';

/*
 * A process of its own for connections that ask again as soon as they are answered, and never back off. It sends; what arrived and
 * what was answered, the mock counts.
 */

const [orders = '{}'] = process.argv.slice(2);
const { service, prompt, connections } = JSON.parse(orders) as HammerOrders;
/** What it remembers of broken connections grows until a round is over. */
const ROUND_MS = 10_000;

const headers = { authorization: `Bearer ${service.apiKey}`, 'content-type': 'application/json' };
const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: prompt }] });

const say = (message: FromNoise): void => {
  if (process.connected) process.send?.(message);
};

let isOver = false;
let stopRound = (): void => undefined;

function stop(): void {
  isOver = true;
  stopRound();
}

async function begin({ zeroAt, forMs }: NoiseSpan): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, zeroAt - machineNow())));
  const timer = setTimeout(stop, Math.max(0, zeroAt + forMs - machineNow()));
  while (!isOver) {
    const round = hammer({ url: service.callsURL, pathOf, connections, headers, body, ms: ROUND_MS });
    stopRound = round.stop;
    await round.over;
  }
  clearTimeout(timer);
  say({ type: 'finished' });
}

/** A name of its own makes each connection one call without an end. */
function pathOf(connection: number): string {
  return `/${HAMMER_CALL}${connection}${service.basePath}/chat/completions`;
}

process.on('message', (message: ToNoise) => {
  if (message.type === 'begin') void begin(message);
  else stop();
});
process.on('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);
say({ type: 'ready' });
