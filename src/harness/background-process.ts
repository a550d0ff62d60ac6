import autocannon from 'autocannon';
import { BACKGROUND_CALL, type BackgroundOrders, type FromBackground, type ToBackground } from './background-message.ts';

/*
 * A process of its own for noise that never retries, and never backs off. Its figures are not used: a connection that
 * ends without an answer is counted nowhere, and its latencies mix units at a fixed rate. What arrived, the journal says.
 */

const [orders = '{}'] = process.argv.slice(2);
const { target, perSecond } = JSON.parse(orders) as BackgroundOrders;
/** A request that is never answered holds its connection; this many of them hold up the noise. */
const MOST_CONNECTIONS = 200;
const TIMEOUT_S = 10;

let calls = 0;
let instance: autocannon.Instance | undefined;

const say = (message: FromBackground): void => void process.send?.(message);

function begin(forMs: number): void {
  const { origin } = new URL(target.callsURL);
  const { pathname } = new URL(target.callsURL);
  instance = autocannon(
    {
      url: origin,
      connections: Math.max(1, Math.min(MOST_CONNECTIONS, Math.ceil(perSecond))),
      overallRate: perSecond,
      duration: Math.max(1, Math.ceil(forMs / 1_000)),
      timeout: TIMEOUT_S,
      ignoreCoordinatedOmission: true,
      requests: [
        {
          method: 'POST',
          headers: { authorization: `Bearer ${target.apiKey}`, 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: target.prompt }] }),
          // A name of its own makes each request a call of one attempt.
          setupRequest: (request) => {
            calls += 1;
            return { ...request, path: `${pathname}/${BACKGROUND_CALL}${calls}/v1/chat/completions` };
          },
        },
      ],
    },
    (error) => {
      if (error != null) say({ type: 'failed', message: String(error) });
    },
  );
}

process.on('message', (message: ToBackground) => {
  if (message.type === 'begin') begin(message.forMs);
  else instance?.stop();
});
process.on('disconnect', () => process.exit(0));
if (!process.connected) process.exit(0);
say({ type: 'ready' });
