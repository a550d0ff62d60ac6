import { watchLoopDelay } from '../server/timing/loop-delay.ts';
import { ClientError } from './driver.ts';
import { loadClient } from './load-client.ts';
import type { ClientSource, FromLoader, LoaderEvent, ToLoader } from './load-message.ts';
import { LoadSchedule, makeCall } from './load-schedule.ts';

/*
 * A process of its own for clients under load. It has the whole schedule and starts each call itself: a message for
 * each would come too late. What happens is told in batches.
 */

const [source = '{}'] = process.argv.slice(2);
/** How often it is told what happened. */
const BATCH_MS = 50;

const say = (message: FromLoader): void => {
  if (process.connected) process.send?.(message);
};

const events: LoaderEvent[] = [];
const tell = (): void => {
  if (events.length > 0) say({ type: 'events', events: events.splice(0) });
};

let end = async (): Promise<void> => undefined;
// Nobody is left to make calls for; a module may take for ever to import.
process.on('disconnect', () => void end().finally(() => process.exit()));
if (!process.connected) process.exit();
// An import that waits for nothing that could come is to end the process.
process.channel?.unref();

async function start(): Promise<void> {
  const { client, close } = await loadClient(JSON.parse(source) as ClientSource, () => say({ type: 'left behind' }));
  process.channel?.ref();
  const schedule = new LoadSchedule(
    client,
    (event) => events.push(event),
    () => {
      tell();
      say({ type: 'finished' });
    },
  );
  process.on('message', (message: ToLoader) => {
    switch (message.type) {
      case 'warm':
        void warm(message);
        break;
      case 'orders':
        schedule.follow(message.orders);
        break;
      case 'stop':
        schedule.stop();
        break;
      case 'abort':
        schedule.abort();
        tell();
        say({ type: 'aborted' });
        break;
    }
  });
  end = close;
  // A client may leave promises behind; that is no reason to lose the other calls.
  process.on('unhandledRejection', () => undefined);
  setInterval(tell, BATCH_MS).unref();
  watchLoopDelay(({ p99 }) => say({ type: 'delay', ms: p99 }));
  say({ type: 'ready' });

  async function warm({ target, calls, forMs }: Extract<ToLoader, { type: 'warm' }>): Promise<void> {
    const signal = AbortSignal.timeout(forMs);
    for (let call = 1; call <= calls; call++) {
      if (signal.aborted) break;
      await makeCall(client, { call: `${process.pid}-${call}`, target, signal });
    }
    say({ type: 'warmed' });
  }
}

try {
  await start();
} catch (error) {
  // Where a syntax error stands, Node prints only when nobody catches it; the parent reads that.
  if (!(error instanceof ClientError)) throw error;
  say({ type: 'unusable', message: error.message });
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}
