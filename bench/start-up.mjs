import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { median } from './rounds.mjs';

const CLI = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** Time from spawning to the first line of output, against an empty program; resident memory at idle. */
export async function startUp(rounds) {
  const empty = [];
  const ready = [];
  let idleMb;
  for (let round = 0; round < rounds; round++) {
    empty.push((await run(['-e', ''], false)).ms);
    const { ms, rssMb } = await run([CLI, 'serve', '--port', '0'], true);
    ready.push(ms);
    idleMb = rssMb;
  }
  return { emptyMs: median(empty), readyMs: median(ready), ratio: median(ready) / median(empty), idleMb };
}

function run(args, serves) {
  return new Promise((resolve) => {
    const start = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let ms;
    let rssMb;
    child.stdout.once('data', () => {
      ms = performance.now() - start;
      // What is loaded while nobody waits is loaded by then.
      setTimeout(() => {
        rssMb = residentMb(child.pid);
        child.kill('SIGKILL');
      }, 1_500);
    });
    child.once('exit', () => resolve({ ms: serves ? ms : performance.now() - start, rssMb }));
  });
}

/** Where the system tells. */
function residentMb(pid) {
  try {
    const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Math.round((Number(kb) * 1024) / 1e6);
  } catch {
    return undefined;
  }
}
