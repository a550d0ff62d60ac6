import { Agent, type ClientRequest, request } from 'node:http';
import { BACKGROUND_CALL, type BackgroundEnd, type BackgroundOrders } from './background-message.ts';
import { machineNow } from './machine-clock.ts';
import type { FromNoise, NoiseSpan, ToNoise } from './noise-message.ts';
import { SteadyRate } from './steady-rate.ts';

/*
 * A process of its own for noise that never retries, and never backs off: each request goes out at its time, whatever
 * became of those before it. How they end is nobody's concern; what arrived, the journal says.
 */

const [orders = '{}'] = process.argv.slice(2);
const { target, perSecond, shard } = JSON.parse(orders) as BackgroundOrders;
/** Each that waits for its answer holds a connection. */
const MOST_UNDER_WAY = 5_000;
/** Silence after which an answer is not waited for any more. */
const TIMEOUT_MS = 10_000;
/** Time for the last answers. */
const SETTLE_MS = 500;

const { hostname, port, pathname } = new URL(target.callsURL);
const agent = new Agent({ keepAlive: true, timeout: TIMEOUT_MS });
const headers = { authorization: `Bearer ${target.apiKey}`, 'content-type': 'application/json' };
const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: target.prompt }] });
const underWay = new Set<ClientRequest>();
let calls = 0;
let leftOut = 0;
let settled = (): void => undefined;

const say = (message: FromNoise<BackgroundEnd>): void => void process.send?.(message);

function ask(): void {
  if (underWay.size >= MOST_UNDER_WAY) {
    leftOut += 1;
    return;
  }
  // A name of its own makes each request a call of one attempt.
  const path = `${pathname}/${BACKGROUND_CALL}${calls * shard.of + shard.index}/v1/chat/completions`;
  calls += 1;
  const asked = request({ agent, hostname, port, path, method: 'POST', headers }, (response) => response.resume());
  underWay.add(asked);
  asked.once('timeout', () => asked.destroy());
  asked.on('error', () => undefined);
  asked.once('close', () => {
    underWay.delete(asked);
    if (underWay.size === 0) settled();
  });
  asked.end(body);
}

function begin({ zeroAt, forMs }: NoiseSpan): SteadyRate {
  const over = (missed: number) => {
    leftOut += missed;
    const timer = setTimeout(() => settled(), SETTLE_MS);
    settled = () => {
      clearTimeout(timer);
      settled = () => undefined;
      say({ type: 'finished', leftOut });
    };
    if (underWay.size === 0) settled();
  };
  const laterMs = ((shard.index - 1) * 1_000) / perSecond;
  const rate = new SteadyRate({
    clock: { now: machineNow, after },
    from: zeroAt + laterMs,
    forMs: forMs - laterMs,
    perSecond: perSecond / shard.of,
    act: ask,
    over,
  });
  rate.start();
  return rate;
}

/** Calls back when the time is over and what has come meanwhile is read: a connection that was closed is not written to. */
function after(ms: number, fire: () => void): () => void {
  let turn: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => (turn = setImmediate(fire)), ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}

let rate: SteadyRate | undefined;
process.on('message', (message: ToNoise) => {
  if (message.type === 'begin') rate = begin(message);
  else rate?.stop();
});
process.on('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);
say({ type: 'ready' });
