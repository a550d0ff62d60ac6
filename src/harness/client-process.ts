import { watchLoopDelay } from '../server/timing/loop-delay.ts';
import { checkedAnswer } from './checked-answer.ts';
import type { ClientAnswer, ClientModule } from './client-call.ts';
import { ClientError } from './driver.ts';
import type { FromClient, ToClient } from './driver-message.ts';
import { importClient } from './import-client.ts';
import { takesTargets } from './takes-targets.ts';

/*
 * A process of its own for the client under test: imports its module, makes the calls it is told to make, and says how
 * they went.
 */

const [modulePath = ''] = process.argv.slice(2);
const running = new Map<string, AbortController>();

const say = (message: FromClient): void => void process.send?.(message);

async function load(): Promise<ClientModule | undefined> {
  try {
    return await importClient(modulePath);
  } catch (error) {
    // Where a syntax error stands, Node prints only when nobody catches it; the parent reads that.
    if (!(error instanceof ClientError)) throw error;
    say({ type: 'unusable', message: error.message });
    return undefined;
  }
}

async function make(client: ClientModule, { call }: Extract<ToClient, { type: 'call' }>): Promise<void> {
  const controller = new AbortController();
  running.set(call.callId, controller);
  let answer: ClientAnswer;
  try {
    answer = checkedAnswer(await client({ ...call, signal: controller.signal }));
  } catch (error) {
    answer = { ok: false, error: String(error) };
  }
  running.delete(call.callId);
  say({ type: 'answer', callId: call.callId, answer });
}

// Nobody is left to make calls for; a module may take for ever to import.
process.on('disconnect', () => process.exit());
if (!process.connected) process.exit();
// An import that waits for nothing that could come is to end the process.
process.channel?.unref();
const client = await load();
process.channel?.ref();
if (client === undefined) {
  process.exitCode = 1;
  if (process.connected) process.disconnect();
} else {
  process.on('message', (message: ToClient) => {
    if (message.type === 'call') void make(client, message);
    else {
      running.get(message.callId)?.abort();
      say({ type: 'aborted', callId: message.callId });
    }
  });
  // A client may leave promises behind; that is no reason to lose the other calls.
  process.on('unhandledRejection', () => undefined);
  watchLoopDelay(({ p99 }) => say({ type: 'delay', ms: p99 }));
  if (await takesTargets(modulePath)) say({ type: 'takes targets' });
  say({ type: 'ready' });
}
