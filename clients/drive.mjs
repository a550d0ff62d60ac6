import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

/**
 * A client module for `probe` that hands its calls to a program in another language, as lines of JSON. One program serves all
 * calls of a process, and ends with it. Resolves when it has made two calls: a situation must not wait for what a program loads
 * at its start or with its first call. Rejects when it does not start.
 */
export async function drive(command) {
  let calls = 0;
  const waiting = new Map();
  const start = () => {
    const child = spawn(command[0], command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
    const ready = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => {
        reject(new Error(`${command.join(' ')} ended with ${code}`));
        for (const { reject: fail } of waiting.values()) fail(new Error(`the program ended with ${code}`));
      });
      createInterface({ input: child.stdout }).on('line', (line) => {
        const told = JSON.parse(line);
        if (told.ready) resolve();
        else waiting.get(told.id)?.resolve(told);
      });
    });
    // Once it is ready, it does not keep its process from ending; until then nothing else would wait for it.
    const release = () => {
      for (const each of [child.stdin, child.stdout, child]) each.unref?.();
    };
    return { ready: ready.then(release), send: (message) => child.stdin.write(`${JSON.stringify(message)}\n`) };
  };
  const program = start();
  await program.ready;
  const call = async ({ baseURL, apiKey, prompt, stream, signal }) => {
    const id = ++calls;
    const { promise, resolve, reject } = withResolvers();
    waiting.set(id, { resolve, reject });
    signal?.addEventListener('abort', () => program.send({ abort: id }));
    program.send({ id, baseURL, apiKey, prompt, stream: stream === true });
    try {
      const { ok, text, error } = await promise;
      return ok ? { ok, text } : { ok, error };
    } finally {
      waiting.delete(id);
    }
  };
  await warmUp(call);
  return call;
}

/** One call of each kind, to a server that refuses them in a way that no client tries again. */
async function warmUp(call) {
  const body = JSON.stringify({ error: { message: 'refused', type: 'invalid_request_error', param: null, code: null } });
  const server = createServer((_request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseURL = `http://127.0.0.1:${server.address().port}/v1`;
  for (const stream of [false, true]) await call({ baseURL, apiKey: 'sk-none', prompt: 'Hello', stream });
  server.close();
  server.closeAllConnections();
}

function withResolvers() {
  let resolvers;
  const promise = new Promise((resolve, reject) => {
    resolvers = { resolve, reject };
  });
  return { promise, ...resolvers };
}
