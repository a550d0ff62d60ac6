import type { Clock } from '../core/clock.ts';
import type { Libraries } from '../core/libraries.ts';
import { type AskedTransport, askedTransport } from '../core/plan/asked-transport.ts';
import { type Plan, type PlannedRule, stepsOf } from '../core/plan/compile.ts';
import { downtimeAt } from '../core/plan/downtime-at.ts';
import type { Effect } from '../core/wire/effect.ts';
import type { Incoming } from '../exchange/incoming.ts';
import { NOTHING_PERFORMED, type Performed } from '../exchange/performed.ts';
import type { LoadedScenario } from '../scenario-files/load-scenario.ts';
import { Engine } from './engine.ts';
import type { Exchange } from './exchange.ts';
import { here } from './maybe-promise.ts';
import type { Session } from './session.ts';

/** What happened to one request of a play-through. */
export interface Played {
  readonly request: number;
  readonly call: number;
  readonly attempt: number;
  /** `200`, `429 rate_limit_exceeded`, how the connection ended, or both: `200, then reset`. */
  readonly outcome: string;
  readonly faults: string;
  readonly rule: string;
}

const RETRIES = 2;
const INTERVAL_MS = 1_000;

/**
 * Plays requests against a scenario on a virtual clock, without a network: one a second, failures retried twice. They come in a way in
 * which all of its faults may strike.
 */
export function playThrough(scenario: LoadedScenario, requests: number, libraries: Libraries): Played[] {
  let nowMs = 0;
  const clock: Clock = { now: () => nowMs, wall: () => Date.UTC(2026, 0, 1) + nowMs };
  const session = new Engine({ scenario, clock, libraries }).defaultSession;
  const caller = callerOf(scenario.plan);
  const transport = askedTransport(scenario.plan.rules);
  const played: Played[] = [];
  let place = { request: 1, call: 1, attempt: 1 };
  let arrived = 0;
  while (place.request <= requests) {
    const downBy = downNow(session);
    if (downBy === undefined) arrived += 1;
    const [outcome, retryable] = downBy
      ? notArrived(downBy)
      : playOne(session, incoming(caller, place, { at: nowMs, transport }), arrived);
    played.push({ ...place, ...outcome });
    const { request, call, attempt } = place;
    const retried = retryable && attempt <= RETRIES;
    place = { request: request + 1, call: retried ? call : call + 1, attempt: retried ? attempt + 1 : 1 };
    nowMs += INTERVAL_MS;
  }
  return played;
}

const PATH = '/v1/chat/completions';

type Place = Pick<Played, 'request' | 'call' | 'attempt'>;

/** The rule that has the server down. Before the clock begins none has. */
function downNow({ clockStartedAt, now, rules }: Session): PlannedRule | undefined {
  return clockStartedAt === undefined ? undefined : downtimeAt(rules, now - clockStartedAt).downBy;
}

/** A request to a server that is down: nothing of it is in the journal. */
function notArrived({ id, action }: PlannedRule): [Omit<Played, keyof Place>, boolean] {
  const faults = stepsOf(action).flatMap(({ calls }) => calls.map(({ name }) => name));
  return [{ outcome: 'connection refused', faults: faults.join(', '), rule: id }, true];
}

/** `seq` counts the requests that arrived, this one included. */
function playOne(session: Session, request: Incoming, seq: number): [Omit<Played, keyof Place>, boolean] {
  const nowMs = request.headersAt;
  if (refusesConnection(session, request)) {
    const [entry] = session.journal(seq - 1);
    const { rule = '', faults = [] } = entry?.faultApplied ?? {};
    const outcome = request.connection.awaitsTls === true ? 'no handshake' : 'reset on accept';
    return [{ outcome, faults: faults.map(({ name }) => name).join(', '), rule }, true];
  }
  const exchange = here(session.receive(session.prepare(request, { path: PATH, call: undefined, forced: undefined })));
  const performed = perform(exchange);
  exchange.finished({ ...performed, lastByteAt: nowMs, clientCloseAt: null });
  const [entry] = session.journal(seq - 1);
  const complete = performed.closedBy === null;
  const status = entry?.status ?? undefined;
  const answer = [status, entry?.errorCode].filter((part) => part != null).join(' ');
  const outcome = [answer, complete ? '' : performed.ending].filter((part) => part !== '').join(', then ');
  const faults = entry?.faultApplied?.faults.map(({ name }) => name).join(', ') ?? '';
  // The SDKs retry no answer whose head has come (wire.md 7.3).
  const begun = status !== undefined && !complete;
  const retried = entry?.retryable === true && !begun;
  return [{ outcome, faults, rule: entry?.faultApplied?.rule ?? '' }, retried];
}

/** Whether a rule refuses the connection that the request would have come on. */
function refusesConnection(session: Session, { connection, headersAt }: Incoming): boolean {
  const nothing = { method: '', target: '', headers: {}, body: new Uint8Array(0), oversized: false, bodyEndAt: null };
  const exchange = session.refuse({ ...nothing, connection, headersAt }, { path: '', call: undefined, forced: undefined });
  exchange?.finished({ ...perform(exchange), lastByteAt: null, clientCloseAt: null });
  return exchange !== undefined;
}

interface Caller {
  readonly key: string;
  readonly model: string;
}

/** A caller whom the scenario does not refuse: with a good key, and a model that exists. */
function callerOf({ auth, settings: { models } }: Plan): Caller {
  return {
    key: typeof auth === 'string' ? 'sk-explain' : (auth[0] ?? ''),
    model: typeof models === 'string' ? 'gpt-4o' : (models[0]?.id ?? ''),
  };
}

function incoming(
  { key, model }: Caller,
  { call, attempt }: Place,
  { at, transport }: { readonly at: number; readonly transport: AskedTransport },
): Incoming {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: `Request ${call}` }], stream: call % 2 === 0 });
  return {
    method: 'POST',
    target: PATH,
    headers: { authorization: `Bearer ${key}`, accept: 'application/json', 'x-stainless-retry-count': String(attempt - 1) },
    body: Buffer.from(body),
    oversized: false,
    connection: { id: 1, acceptedAt: 0, requests: 2, remotePort: null, awaitsTls: transport.isTls },
    protocol: transport.protocol,
    headersAt: at,
    bodyEndAt: at,
  };
}

/** A client that waits for longer is none that anybody has: that of the official SDKs leaves after ten minutes (wire.md 7.1). */
const LONGEST_MS = 3_600_000;

type PlayedOut = Performed & { readonly ending: string };

function playedOut(closedBy: Performed['closedBy'], ending: string, closedHow: Performed['closedHow']): PlayedOut {
  return { ...NOTHING_PERFORMED, closedBy, closedHow, ending };
}

/** Runs a reply without a wire and without waiting. A client would leave a hanging server in the end. */
function perform(exchange: Exchange): PlayedOut {
  let waitedMs = 0;
  for (const effect of exchange.takeReply()) {
    if (effect.type === 'wait') waitedMs += effect.ms;
    // Signs of life may go on for ever.
    if (waitedMs > LONGEST_MS) return playedOut('client', 'silence', 'fin');
    if (effect.type === 'head') exchange.headSent(effect);
    const ending = endingAt(effect);
    if (ending !== undefined) return ending;
  }
  return playedOut(null, 'complete', null);
}

/** How the exchange ends with the effect; undefined where it goes on. */
function endingAt(effect: Effect): PlayedOut | undefined {
  switch (effect.type) {
    case 'close':
      return playedOut('server', 'closed', 'fin');
    case 'reset':
      return playedOut('server', 'reset', 'reset');
    case 'reset_stream':
      return { ...playedOut('server', 'stream reset', 'rst_stream'), resetCode: effect.code };
    case 'go_away':
      return effect.serveOpen ? undefined : playedOut('server', 'go_away', 'go_away');
    case 'hang':
      return playedOut('client', 'silence', 'fin');
    default:
      return undefined;
  }
}
