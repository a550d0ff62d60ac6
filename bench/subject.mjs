import { fork } from 'node:child_process';
import { once } from 'node:events';
import { pinned } from './pin.mjs';

/** Starts a server in a process of its own, on the first core. */
export async function startSubject(name) {
  const child = fork(new URL('subject-process.mjs', import.meta.url), [name], {
    ...pinned(0),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const failed = once(child, 'exit').then(() => {
    throw new Error(`${name} did not start\n${errors}`);
  });
  failed.catch(() => undefined);
  const [{ port }] = await Promise.race([once(child, 'message'), failed]);
  return {
    name,
    port,
    /** CPU time of the process so far, in microseconds, and its memory in bytes. */
    async usage() {
      const answered = once(child, 'message');
      child.send('usage');
      const [usage] = await answered;
      return usage;
    },
    stop: () => child.disconnect(),
  };
}
