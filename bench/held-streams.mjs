import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * So many paced streams of an API at once (`chat`, `responses`), in processes of their own; on so many connections by HTTP/2, or on one
 * each. Resolves to `{ count, paceMs, lost, rate, residentKib, laterKib, cpuUs, delayMs }`: `rate` is the share of the ideal chunk rate; undefined when the process failed, as it does without enough descriptors.
 */
export async function heldStreams(count, paceMs, api, connections = 0) {
  const child = fork(new URL('streams.mjs', import.meta.url), [String(count), 'paced'], {
    // The second as `serve` has it.
    execArgv: ['--expose-gc', '--no-allocation-site-pretenuring'],
    env: { ...process.env, PACE_MS: String(paceMs), API: api, HTTP2: String(connections) },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const told = once(child, 'message').then(([message]) => message);
  const ended = once(child, 'exit');
  const result = await Promise.race([told, ended.then(() => undefined)]);
  await ended;
  return result;
}
