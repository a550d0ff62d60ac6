import { checkedAnswer } from './checked-answer.ts';
import type { ClientModule, ClientTarget } from './client-call.ts';
import type { LoadAssignment, LoaderEvent, LoadService, LoadTarget } from './load-message.ts';
import { machineNow } from './machine-clock.ts';
import { pause } from './pause.ts';

/** A worker whose client comes back at once would never let anybody else run. */
const LEAST_TURN_MS = 1;
/** What a client is told to ask each of several targets for. */
const MODEL = 'gpt-4o';

/** Makes calls as it is ordered to, and tells what happened to them. */
export class LoadSchedule {
  readonly #client: ClientModule;
  readonly #told: (event: LoaderEvent) => void;
  readonly #finished: () => void;
  readonly #running = new Set<AbortController>();
  #orders: LoadAssignment | undefined;
  #next = 0;
  #workers = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(client: ClientModule, told: (event: LoaderEvent) => void, finished: () => void) {
    this.#client = client;
    this.#told = told;
    this.#finished = finished;
  }

  follow(orders: LoadAssignment): void {
    this.#orders = orders;
    // Workers count from here on: without a schedule all would seem to be over.
    for (const worker of orders.workers) void this.#work(worker, orders);
    this.#startDue(orders);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#look();
  }

  abort(): void {
    for (const controller of this.#running) controller.abort();
  }

  /** Starts what is due, and sees to it that the next one is started in time. */
  #startDue(orders: LoadAssignment): void {
    const { starts, zeroAt, target, maxInFlight } = orders;
    for (;;) {
      const start = starts[this.#next];
      if (start === undefined || this.#stopped) break;
      const scheduledAt = zeroAt + start.at;
      const leftMs = scheduledAt - machineNow();
      if (leftMs > 0) {
        this.#timer = setTimeout(() => this.#startDue(orders), leftMs);
        return;
      }
      this.#next += 1;
      if (this.#running.size >= maxInFlight) this.#told({ call: start.call, scheduledAt, startedAt: null });
      else void this.#make(start.call, scheduledAt, target);
    }
    this.#look();
  }

  async #work(
    { name, from }: LoadAssignment['workers'][number],
    { zeroAt, workersUntil, target }: LoadAssignment,
  ): Promise<void> {
    this.#workers += 1;
    await pause(zeroAt + from - machineNow());
    for (let turn = 1; !this.#stopped && machineNow() < zeroAt + workersUntil; turn++) {
      const startedAt = machineNow();
      await this.#make(`${name}-${turn}`, startedAt, target);
      const leftMs = startedAt + LEAST_TURN_MS - machineNow();
      if (leftMs > 0) await pause(leftMs);
    }
    this.#workers -= 1;
    this.#look();
  }

  async #make(call: string, scheduledAt: number, target: LoadTarget): Promise<void> {
    const controller = new AbortController();
    this.#running.add(controller);
    const startedAt = machineNow();
    this.#told({ call, scheduledAt, startedAt });
    const { text: _text, ...answer } = await makeCall(this.#client, { call, target, signal: controller.signal });
    this.#told({ call, settledAt: machineNow(), answer });
    this.#running.delete(controller);
    this.#look();
  }

  /** Whether everything is over. */
  #look(): void {
    const { starts = [] } = this.#orders ?? {};
    const allStarted = this.#stopped || this.#next >= starts.length;
    if (this.#orders !== undefined && allStarted && this.#running.size === 0 && this.#workers === 0) this.#finished();
  }
}

/** One call of the client; never rejects. */
export async function makeCall(
  client: ClientModule,
  { call, target, signal }: { call: string; target: LoadTarget; signal: AbortSignal },
) {
  const { callsURL, apiKey, promptNamesCall, services } = target;
  const prompt = promptNamesCall === true ? `${target.prompt} This is ${call}.` : target.prompt;
  try {
    return checkedAnswer(
      await client({
        callId: call,
        baseURL: `${callsURL}/${call}/v1`,
        apiKey,
        prompt,
        stream: false,
        ...(services === undefined ? {} : { targets: services.map((service) => targetOn(service, call)) }),
        signal,
      }),
    );
  } catch (error) {
    return { ok: false, error: String(error) };
  }
}

function targetOn({ callsURL, basePath, apiKey }: LoadService, call: string): ClientTarget {
  return { baseURL: `${callsURL}/${call}${basePath}`, apiKey, model: MODEL };
}
