import type { Clock } from '../core/clock.ts';
import { applyFaults } from '../core/faults/bound-fault.ts';
import type { Libraries } from '../core/libraries.ts';
import { healthyReply } from '../core/openai/endpoints/healthy-reply.ts';
import { errorReply } from '../core/openai/errors/error.ts';
import type { BatchedAnswer, BatchedRequest } from '../core/openai/request/request.ts';
import { spentTokensIn } from '../core/openai/request/spent-tokens-in.ts';
import { uuidOf } from '../core/openai/wire/uuid.ts';
import type { Plan } from '../core/plan/compile.ts';
import type { Reply } from '../core/wire/effect.ts';
import { batchedIncoming } from '../exchange/batched-incoming.ts';
import { buildResponse } from '../exchange/build-response.ts';
import { drawsOf } from '../exchange/draws.ts';
import type { Incoming } from '../exchange/incoming.ts';
import { NOTHING_PERFORMED } from '../exchange/performed.ts';
import { type Prepared, prepare } from '../exchange/prepare.ts';
import { nextTurn } from './next-turn.ts';
import type { SessionState } from './state/session-state.ts';

/** After so long the event loop goes on with other things, in milliseconds. */
const TURN_MS = 10;

/** A batch whose requests are to be made. */
export interface BatchToAnswer {
  readonly requests: readonly BatchedRequest[];
  /** The request that made the batch. */
  readonly incoming: Incoming;
  /** What that request draws by: its requests have the same fate wherever they are made. */
  readonly drawKey: string;
}

interface Answering {
  readonly clock: Clock;
  readonly libraries: Libraries;
  readonly state: SessionState;
  readonly known: { readonly plan: Plan; readonly planVersion: number };
}

/**
 * Makes the requests of a batch, one after the other. Each is read, decided on and answered as if a client had sent it, but for what
 * needs a connection. Limits and capacity do not count them: OpenAI has others for batches.
 */
export async function answerBatched(batch: BatchToAnswer, answering: Answering): Promise<readonly BatchedAnswer[]> {
  const answers: BatchedAnswer[] = [];
  let endsAt = performance.now() + TURN_MS;
  for (const request of batch.requests) {
    answers.push(await answerOne(request, batch, answering));
    if (performance.now() < endsAt) continue;
    await nextTurn();
    endsAt = performance.now() + TURN_MS;
  }
  return answers;
}

async function answerOne(
  request: BatchedRequest,
  { incoming, drawKey }: BatchToAnswer,
  { clock, libraries, state, known }: Answering,
): Promise<BatchedAnswer> {
  const { plan, planVersion } = known;
  const destination = { path: request.path, call: `${drawKey} ${request.name}`, forced: undefined };
  const prepared = withoutSession(prepare(batchedIncoming(request, incoming), destination, { plan, planVersion, libraries }));
  const decided = await state.decide(prepared.step);
  // Another plan is in force: the next request is decided on by that one, and so is this.
  if (decided === 'stale')
    return await answerOne(request, { requests: [], incoming, drawKey }, { clock, libraries, state, known });
  const draws = decided.draws ?? drawsOf(plan.seed, decided.correlation.drawKey);
  const { refusal, context } = buildResponse(prepared, { ...decided, draws }, { plan, clock, libraries });
  const reply = applyFaults(
    refusal === undefined ? healthyReply(context) : errorReply(refusal, context),
    decided.faults,
    context,
  );
  decided.exchange.ended({ performed: NOTHING_PERFORMED, endedAt: clock.now(), unused: undefined, billed: 0 });
  return { name: request.name, requestId: uuidOf(draws.random('batched')), ...collected(reply) };
}

/** What a session keeps, and what it limits, is for requests that clients send. */
function withoutSession(prepared: Prepared): Prepared {
  return { ...prepared, limited: undefined, step: { ...prepared.step, limited: undefined, reference: undefined } };
}

/** What a reply says, without a wire and without waiting. */
function collected(reply: Reply): Pick<BatchedAnswer, 'status' | 'json' | 'tokens' | 'tookMs'> {
  let status = 0;
  let tookMs = 0;
  let body = '';
  for (const effect of reply) {
    if (effect.type === 'head') status = effect.status;
    else if (effect.type === 'wait') tookMs += effect.ms;
    else if (effect.type === 'write') body += typeof effect.data === 'string' ? effect.data : Buffer.from(effect.data).toString();
    else break;
  }
  const value = parsed(body);
  return { status, json: JSON.stringify(value), tokens: spentTokensIn(value), tookMs };
}

/** A body that is no JSON stands as a text. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
