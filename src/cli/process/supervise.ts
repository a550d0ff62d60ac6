import { setTimeout as sleep } from 'node:timers/promises';
import { END_SIGNALS, onSignals } from './on-signals.ts';
import type { Ending, WrappedCommand } from './wrapped-command.ts';

/** How a wrapped command came to its end. Times on the clock given. */
export interface Supervised {
  readonly ending: Ending;
  /** When its last process had ended of its own accord; undefined when it was told to, or lives on elsewhere. */
  readonly endedAt: number | undefined;
  /** When somebody ended it: a signal that we were sent and passed on, or one that came from elsewhere. */
  readonly killedAt: number | undefined;
  /** From when on nothing can be learnt of the client: it ended, or was told to. */
  readonly watchedUntil: number;
  /** The signal that we were sent. */
  readonly interruptedBy: NodeJS.Signals | undefined;
  /** Processes were left behind, and had to be ended. */
  readonly leftBehind: boolean;
  /** Requests that were still being answered when we stopped waiting. */
  readonly openRequests: number;
}

export interface Surroundings {
  now(): number;
  /** Requests that are being answered. */
  inFlight(): number;
}

/** Time for a command to end after it was told to. */
const OBEY_MS = 5_000;
/** Time for what a command left behind, processes and requests, to come to an end. */
const LINGER_MS = 5_000;
/** One Ctrl-C may come twice: from the terminal, and passed on by what we were started with (npm, npx). */
const SAME_SIGNAL_MS = 500;
const POLL_MS = 20;

/** Waits for the end of a command. Passes signals on to it; the second one kills, and so does waiting in vain. */
export async function supervise(start: () => Promise<WrappedCommand>, around: Surroundings): Promise<Supervised> {
  const relay = relaySignals(around.now);
  try {
    const command = await start();
    relay.attach(command);
    const ending = await command.ended;
    const diedAt = around.now();
    const gone = await until(() => relay.killed || (!command.isAlive() && around.inFlight() === 0), LINGER_MS);
    const openRequests = around.inFlight();
    const at = around.now();
    const leftBehind = command.isAlive();
    if (leftBehind) await end(command);
    const { signal: interruptedBy, signalAt } = relay.interruption ?? {};
    return {
      ending,
      endedAt: gone && interruptedBy === undefined && !wasKilled(ending) ? at : undefined,
      killedAt: signalAt ?? (wasKilled(ending) ? diedAt : undefined),
      watchedUntil: signalAt ?? at,
      interruptedBy,
      leftBehind,
      openRequests,
    };
  } finally {
    relay.stop();
  }
}

/** Whether a signal ended the command; shells tell of one in their exit code. */
function wasKilled({ code, signal }: Ending): boolean {
  return signal !== null || (code !== null && code > 128 && code < 160);
}

/** Ends what is left of a command. */
async function end(command: WrappedCommand): Promise<void> {
  command.kill('SIGTERM');
  if (await until(() => !command.isAlive(), OBEY_MS)) return;
  command.kill('SIGKILL');
  // Where nobody collects the dead, they count as alive for ever.
  await until(() => !command.isAlive(), 1_000);
}

/** Whether it came to hold within the time. */
async function until(holds: () => boolean, ms: number): Promise<boolean> {
  for (let waited = 0; waited < ms && !holds(); waited += POLL_MS) await sleep(POLL_MS);
  return holds();
}

interface Relay {
  readonly interruption: { readonly signal: NodeJS.Signals; readonly signalAt: number } | undefined;
  /** The command was killed. */
  readonly killed: boolean;
  /** Passes on what came, and what comes. */
  attach(command: WrappedCommand): void;
  stop(): void;
}

function relaySignals(now: () => number): Relay {
  let command: WrappedCommand | undefined;
  let interruption: Relay['interruption'];
  let killed = false;
  let timer: NodeJS.Timeout | undefined;
  const kill = () => {
    killed = true;
    command?.kill('SIGKILL');
  };
  const receive = (signal: NodeJS.Signals) => {
    if (interruption !== undefined) {
      if (now() - interruption.signalAt >= SAME_SIGNAL_MS) kill();
      return;
    }
    interruption = { signal, signalAt: now() };
    command?.kill(signal);
    timer = setTimeout(kill, OBEY_MS);
  };
  const stopListening = onSignals(END_SIGNALS, receive);
  // Whatever ends us, nothing of the command is to outlive us.
  process.on('exit', kill);
  return {
    get interruption() {
      return interruption;
    },
    get killed() {
      return killed;
    },
    attach(started) {
      command = started;
      if (killed) started.kill('SIGKILL');
      else if (interruption !== undefined) started.kill(interruption.signal);
    },
    stop() {
      clearTimeout(timer);
      command?.release();
      process.off('exit', kill);
      stopListening();
    },
  };
}
