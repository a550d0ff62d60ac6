import { libraries } from '../libraries.ts';
import { disablePretenuring } from '../server/http1/disable-pretenuring.ts';
import { type Listening, listen } from '../server/listen.ts';
import { watchLoopDelay } from '../server/timing/loop-delay.ts';
import { warmUpSteps } from '../session/warm-up.ts';
import type { ToWorker } from './messages.ts';
import { pack, unpack } from './packing.ts';
import { PrimaryClient } from './primary-client.ts';
import { relayAdmin } from './relay-admin.ts';
import { RemoteEngine } from './remote-engine.ts';
import { sharedClock } from './shared-clock.ts';

/*
 * A process that serves beside others: it reads requests and answers them as the primary decides. It ends when the primary
 * says so, or is gone.
 */

const line = new PrimaryClient((batch) => {
  // The primary may go at any moment; that is heard of below.
  if (process.connected) process.send?.(batch.map(pack), undefined, undefined, () => undefined);
});
disablePretenuring();
let engine: RemoteEngine | undefined;
let listening: Listening | undefined;

// The primary ends the family: a terminal sends these to all of it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());

process.on('message', (batch: readonly unknown[]) => {
  for (const packed of batch) hear(unpack<ToWorker>(packed));
});

line.notify({ kind: 'ready' });

function hear(message: ToWorker): void {
  switch (message.kind) {
    case 'listen':
      void start(message);
      break;
    case 'plan':
      engine?.learn(message);
      break;
    case 'renew certificates':
      listening?.renewCertificates(message.tls);
      break;
    case 'ping':
      line.notify({ kind: 'pong', ping: message.ping });
      line.flush();
      break;
    case 'go down':
      void goDown();
      break;
    case 'come back':
      void comeBack();
      break;
    case 'close':
      void close(message.graceMs);
      break;
    default:
      line.answered(message);
  }
}

async function start({ base, host, port, tls, hasAdmin }: Extract<ToWorker, { kind: 'listen' }>): Promise<void> {
  const clock = sharedClock(base);
  engine = new RemoteEngine({ clock, libraries, line });
  watchLoopDelay((delay) => line.notify({ kind: 'loop delay', row: { at: clock.now(), ...delay } }));
  try {
    listening = await listen({
      engine,
      host,
      port,
      tls,
      sharesPort: true,
      admin: hasAdmin ? (request, response) => relayAdmin(line, request, response) : undefined,
      onFailure: fail,
    });
    line.notify({ kind: 'listening', port: listening.port, origin: listening.origin });
    line.flush();
    for (const step of warmUpSteps(engine)) step();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    line.notify({ kind: 'cannot listen', code, message });
  }
}

async function goDown(): Promise<void> {
  await listening?.goDown();
  line.notify({ kind: 'left' });
}

async function comeBack(): Promise<void> {
  await listening?.comeBack();
  line.notify({ kind: 'came back' });
}

async function close(graceMs: number): Promise<void> {
  await listening?.close(graceMs);
  line.notify({ kind: 'closed' });
}

function fail(error: unknown): void {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  line.notify({ kind: 'failure', message, stack });
}
