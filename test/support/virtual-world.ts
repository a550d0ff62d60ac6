import type { ClientOutcome } from '../../src/core/backoff/kit/rule-evidence.ts';
import type { Verdict } from '../../src/core/backoff/verdict/verdict.ts';
import type { DeclaredCalls } from '../../src/core/correlation/declared-calls.ts';
import { policyOf } from '../../src/core/policy/policy-of.ts';
import { type PolicyInput, policySchema } from '../../src/core/policy/policy-schema.ts';
import { fork, type Random } from '../../src/core/random.ts';
import type { ScenarioInput } from '../../src/core/scenario/schema.ts';
import type { Head, Reply } from '../../src/core/wire/effect.ts';
import type { Performed } from '../../src/exchange/performed.ts';
import { libraries } from '../../src/libraries.ts';
import { loadScenario } from '../../src/scenario-files/load-scenario.ts';
import { Engine } from '../../src/session/engine.ts';
import { here } from '../../src/session/maybe-promise.ts';
import type { Session } from '../../src/session/session.ts';
import { verdictOn } from '../../src/session/verdict-on.ts';
import { VirtualClock } from './virtual-clock.ts';

/** The connection broke; `partial` is what came before. */
export class TransportError extends Error {
  readonly partial: string;
  constructor(message: string, partial = '') {
    super(message);
    this.partial = partial;
  }
}

/** The client's own timeout. */
export class TimeoutError extends TransportError {}

export interface VirtualResponse {
  readonly status: number;
  header(name: string): string | undefined;
  readonly text: string;
}

interface VirtualRequest {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
  /** Who is asked, where the scenario has providers. */
  readonly provider?: string;
  /** For the whole attempt. */
  readonly timeoutMs?: number;
  /** Between two pieces of the answer. */
  readonly idleMs?: number;
  /** Between two events of a stream: comments do not count. */
  readonly eventIdleMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a client can do in the virtual world. */
export interface ClientTools {
  /** A prompt of its own for each call. */
  readonly prompt: string;
  readonly random: Random;
  /** One object for all calls of a program. */
  readonly program: object;
  now(): number;
  wall(): number;
  request(request?: VirtualRequest): Promise<VirtualResponse>;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** One call of a client: resolves with the text it takes for the answer, or rejects. */
export type VirtualClient = (tools: ClientTools, signal: AbortSignal) => Promise<string>;

export type Api = 'chat' | 'responses';

/** Where a request goes, and what a prompt is to it. */
const APIS = {
  chat: { path: '/v1/chat/completions', asking: (prompt: string) => ({ messages: [{ role: 'user', content: prompt }] }) },
  responses: { path: '/v1/responses', asking: (prompt: string) => ({ input: prompt }) },
} as const satisfies Record<Api, object>;

export interface WorldOptions {
  readonly scenario: ScenarioInput;
  readonly client: VirtualClient;
  /** What is asked. Default chat completions. */
  readonly api?: Api;
  /** Requests come as streams of HTTP/2, on a connection that they share. Default: by HTTP/1.1. */
  readonly http2?: true;
  /** Default 1. */
  readonly calls?: number;
  /** Time between the starts of calls; default 20 ms. */
  readonly staggerMs?: number;
  /** How calls are told apart: by a token in the path, or by what they say. Default path. */
  readonly named?: boolean;
  /** All calls say the same. */
  readonly samePrompt?: boolean;
  /** What the program says of its calls, before the first of them. */
  readonly declared?: DeclaredCalls;
  /** Each call starts when the one before is over, `staggerMs` later. */
  readonly oneByOne?: boolean;
  /** Each call is told to stop so long after its start. */
  readonly abortAfterMs?: number;
  /** How long the world is watched at most; default ten minutes. */
  readonly untilMs?: number;
  /** Tells the verdict what the client made of its calls. Default true. */
  readonly outcomes?: boolean;
  readonly policy?: PolicyInput;
  readonly seed?: number;
}

export interface World {
  readonly verdict: Verdict;
  readonly session: Session;
  readonly engine: Engine;
  readonly outcomes: readonly ClientOutcome[];
  /** Ids of the rules that failed, and of those that warned. */
  readonly accused: { readonly fail: readonly string[]; readonly warn: readonly string[] };
}

/** Lets clients loose on a scenario, on a clock of their own, with the real engine and without a network. */
export async function virtualWorld(options: WorldOptions): Promise<World> {
  const { scenario, client, calls = 1, staggerMs = 20, untilMs = 600_000, policy = {}, seed = 1 } = options;
  const clock = new VirtualClock();
  const engine = new Engine({
    scenario: loadScenario({ file: 'world', data: scenario }, libraries),
    clock,
    libraries,
    calls: options.declared,
  });
  const session = engine.defaultSession;
  const outcomes: ClientOutcome[] = [];
  const wire = new VirtualWire(engine, clock, options);
  let before: Promise<unknown> = Promise.resolve();
  const make = async (index: number) => {
    await clock.sleep(1 + (options.oneByOne === true ? 1 : index) * staggerMs);
    const outcome: { -readonly [K in keyof ClientOutcome]: ClientOutcome[K] } = {
      call: `call-${index + 1}`,
      ok: null,
      startedAt: clock.now(),
      process: `p${index % 4}`,
    };
    outcomes.push(outcome);
    const controller = new AbortController();
    if (options.abortAfterMs !== undefined)
      clock.after(options.abortAfterMs, () => {
        outcome.abortedAt = clock.now();
        controller.abort(new Error('aborted'));
      });
    const prompt = options.samePrompt === true ? 'Hello' : `Hello ${index + 1}`;
    const tools: ClientTools = {
      prompt,
      random: fork(seed, 'client', String(index)),
      program: clock,
      now: clock.now,
      wall: clock.wall,
      sleep: (ms, signal) => clock.sleep(ms, signal),
      request: (request = {}) => wire.request(request, prompt, options.named === false ? undefined : outcome.call),
    };
    try {
      outcome.text = await client(tools, controller.signal);
      outcome.ok = true;
    } catch (error) {
      outcome.error = String(error);
      outcome.ok = false;
    }
    outcome.settledAt = clock.now();
  };
  const programs = Array.from({ length: calls }, (_, index) => {
    const program = options.oneByOne === true ? before.then(() => make(index)) : make(index);
    before = program;
    return program;
  });
  const all = Promise.all(programs);
  await clock.run(all, untilMs);
  const finished = outcomes.length === calls && outcomes.every(({ ok }) => ok !== null);
  const verdict = verdictOn(engine.judgedWith(session), policyOf(session.plan.expect, policySchema.parse(policy)), {
    watchedUntil: clock.now(),
    ...(finished ? { clientEndedAt: clock.now() } : {}),
    outcomes: options.outcomes === false ? [] : outcomes,
  });
  const accused = (wanted: string) =>
    verdict.findings
      .filter((finding) => finding.verdict === wanted)
      .map(({ rule }) => rule)
      .sort();
  return { verdict, session, engine, outcomes, accused: { fail: accused('fail'), warn: accused('warn') } };
}

interface VirtualConnection {
  readonly id: number;
  readonly acceptedAt: number;
  requests: number;
  open: boolean;
}

type WireOptions = Pick<WorldOptions, 'api' | 'http2'>;

/** The network between clients and the engine: 0.2 ms each way, connections kept alive. */
class VirtualWire {
  readonly #engine: Engine;
  readonly #clock: VirtualClock;
  readonly #api: (typeof APIS)[Api];
  readonly #http2: boolean;
  readonly #idle: VirtualConnection[] = [];
  /** That of HTTP/2. */
  #shared: VirtualConnection | undefined;
  #connections = 0;

  constructor(engine: Engine, clock: VirtualClock, { api = 'chat', http2 }: WireOptions) {
    this.#engine = engine;
    this.#clock = clock;
    this.#api = APIS[api];
    this.#http2 = http2 === true;
  }

  async request(request: VirtualRequest, prompt: string, call: string | undefined): Promise<VirtualResponse> {
    const { body = {}, headers = {}, key = 'sk-test', provider } = request;
    const session = this.#engine.session(provider);
    const { path, asking } = this.#api;
    const connection = this.#connection();
    connection.requests += 1;
    const at = this.#clock.now();
    const prepared = session.prepare(
      {
        method: 'POST',
        target: path,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: Buffer.from(JSON.stringify({ model: 'gpt-4o', ...asking(prompt), ...body })),
        oversized: false,
        connection: { ...connection, remotePort: 50_000 + connection.id },
        headersAt: at,
        bodyEndAt: at,
        ...(this.#http2 && { protocol: 'http/2' as const, streamId: 2 * connection.requests - 1 }),
      },
      { path, call, forced: undefined },
    );
    const exchange = here(session.receive(prepared));
    const run = new Run(exchange.takeReply(), {
      clock: this.#clock,
      request,
      headSent: (head) => exchange.headSent(head),
      goAway: () => void (connection.open = false),
    });
    const { response, error, performed } = await run.outcome();
    exchange.finished(performed);
    if (performed.closedHow === 'fin' || performed.closedHow === 'reset') connection.open = false;
    else if (performed.closedBy === null) this.#idle.push(connection);
    if (error !== undefined) throw error;
    if (response === undefined) throw new TransportError('empty response');
    return response;
  }

  #connection(): VirtualConnection {
    const idle = this.#http2 ? this.#shared : this.#idle.pop();
    if (idle?.open === true) return idle;
    this.#connections += 1;
    return (this.#shared = { id: this.#connections, acceptedAt: this.#clock.now(), requests: 0, open: true });
  }
}

interface RunParts {
  readonly clock: VirtualClock;
  readonly request: VirtualRequest;
  headSent(head: Head): void;
  /** The connection takes no more streams. */
  goAway(): void;
}

/** How an answer ended before it was whole, or that it did not. */
type Ending = 'end' | 'close' | 'reset' | 'reset_stream' | 'go_away';

const CLOSED_HOW = { end: null, close: 'fin', reset: 'reset', reset_stream: 'rst_stream', go_away: 'go_away' } as const;
const SAID = { close: 'socket hang up', reset: 'ECONNRESET', reset_stream: 'stream was reset', go_away: 'GOAWAY' } as const;

/** One answer on its way to a client that may lose patience. */
class Run {
  readonly #reply: Reply;
  readonly #parts: RunParts;
  #head: Head | undefined;
  #text = '';
  #lastByteAt: number | null = null;
  #lastEventAt: number;
  #chunks = 0;
  #events = 0;
  #resetCode: Performed['resetCode'] = null;
  #gaveUp: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(reply: Reply, parts: RunParts) {
    this.#reply = reply;
    this.#parts = parts;
    this.#lastEventAt = parts.clock.now();
  }

  async outcome() {
    const { clock, request } = this.#parts;
    const { timeoutMs, signal } = request;
    const stop =
      timeoutMs === undefined ? undefined : clock.after(timeoutMs, () => this.#giveUp(new TimeoutError('timeout', this.#text)));
    const abort = () => this.#giveUp(signal?.reason ?? new Error('aborted'));
    signal?.addEventListener('abort', abort);
    if (signal?.aborted === true) abort();
    const ending = await this.#perform();
    stop?.();
    signal?.removeEventListener('abort', abort);
    const now = clock.now();
    const left = this.#gaveUp !== undefined;
    return {
      response: this.#head === undefined ? undefined : responseOf(this.#head, this.#text),
      error: this.#gaveUp ?? (ending === 'end' ? undefined : new TransportError(SAID[ending], this.#text)),
      performed: {
        lastByteAt: this.#lastByteAt,
        clientCloseAt: left ? now : null,
        closedBy: left ? ('client' as const) : ending === 'end' ? null : ('server' as const),
        closedHow: left ? ('fin' as const) : CLOSED_HOW[ending],
        resetCode: this.#resetCode,
        bytesOut: this.#text.length,
        chunksOut: this.#chunks,
        eventsOut: this.#events,
      },
    };
  }

  async #perform(): Promise<Ending> {
    for (const effect of this.#reply) {
      if (this.#gaveUp !== undefined) return 'end';
      switch (effect.type) {
        case 'wait':
          await this.#pause(effect.ms);
          break;
        case 'head':
          this.#head = effect;
          this.#parts.headSent(effect);
          break;
        case 'write':
          this.#text += typeof effect.data === 'string' ? effect.data : Buffer.from(effect.data).toString();
          this.#lastByteAt = this.#parts.clock.now();
          if (effect.event !== undefined) {
            this.#events += 1;
            this.#lastEventAt = this.#parts.clock.now();
          }
          if (effect.event === 'content') this.#chunks += 1;
          this.#events += effect.holds?.events ?? 0;
          this.#chunks += effect.holds?.contents ?? 0;
          break;
        case 'hang':
          await this.#pause(Number.POSITIVE_INFINITY);
          break;
        case 'go_away':
          this.#parts.goAway();
          if (effect.serveOpen) break;
          await this.#pause(0.2);
          return 'go_away';
        case 'reset_stream':
          await this.#pause(0.2);
          this.#resetCode = effect.code;
          return 'reset_stream';
        default:
          // The way to the client takes time.
          await this.#pause(0.2);
          if (effect.type === 'end' || effect.type === 'close' || effect.type === 'reset') return effect.type;
          throw new Error(`clients here have no ${effect.type}`);
      }
    }
    return 'end';
  }

  /** Waits until the time has passed, or the client has lost patience. */
  #pause(ms: number): Promise<void> {
    const { clock, request } = this.#parts;
    if (this.#gaveUp !== undefined) return Promise.resolve();
    const { promise, resolve } = withResolvers();
    const stop = ms === Number.POSITIVE_INFINITY ? undefined : clock.after(ms, resolve);
    const { idleMs, eventIdleMs } = request;
    const idle = idleMs === undefined ? undefined : clock.after(idleMs, () => this.#giveUp(new TimeoutError('idle', this.#text)));
    const quiet =
      eventIdleMs === undefined
        ? undefined
        : clock.after(Math.max(0, this.#lastEventAt + eventIdleMs - clock.now()), () =>
            this.#giveUp(new TimeoutError('idle', this.#text)),
          );
    this.#wake = resolve;
    return promise.finally(() => {
      stop?.();
      idle?.();
      quiet?.();
    });
  }

  #giveUp(error: Error): void {
    this.#gaveUp ??= error;
    this.#wake?.();
  }
}

function withResolvers(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function responseOf({ status, headers }: Head, text: string): VirtualResponse {
  return { status, text, header: (name) => headers.find(([sent]) => sent.toLowerCase() === name)?.[1] };
}
