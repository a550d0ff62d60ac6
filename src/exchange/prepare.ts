import type { CorrelationEvidence } from '../core/correlation/correlation.ts';
import type { DeclaredCalls } from '../core/correlation/declared-calls.ts';
import type { Target } from '../core/correlation/target.ts';
import type { Libraries } from '../core/libraries.ts';
import { memoize } from '../core/memo/body-memo.ts';
import { promptTokens } from '../core/openai/content/tokens.ts';
import { lenientReading } from '../core/openai/endpoints/lenient-reading.ts';
import { naturalError } from '../core/openai/endpoints/natural-error.ts';
import type { ErrorAnswer } from '../core/openai/errors/error.ts';
import { questionHash } from '../core/openai/request/question-hash.ts';
import { type ApiRequest, modelOf } from '../core/openai/request/request.ts';
import type { Plan, Step } from '../core/plan/compile.ts';
import { Facts } from '../core/plan/facts.ts';
import { matchingRules } from '../core/plan/matching-rules.ts';
import { replyQuestion } from '../core/plan/reply-question.ts';
import type { Reply } from '../core/wire/effect.ts';
import { type LimitDraw, limitedRequest } from './admission.ts';
import { formReading, readingOf } from './body-reading.ts';
import type { DecisionStep, FaultChoice } from './decision-step.ts';
import { apiRequestOf, type Incoming } from './incoming.ts';
import { recordedRequest } from './message-recorder.ts';
import { unmatchedReply } from './unmatched-reply.ts';

/** What was decided for a request before it came. */
export interface PresetOutcome extends FaultChoice {
  readonly reply: Reply;
}

/** What a request is aimed at. */
export interface Destination {
  /** What OpenAI would see. */
  readonly path: string;
  /** The token of `/s/<session>/c/<call>/…`. */
  readonly call: string | undefined;
  /** The faults that `x-mock-fault` asks for. */
  readonly forced: Step | undefined;
  /** What an earlier answer on the connection said of this request. */
  readonly preset?: PresetOutcome | undefined;
}

/** What a request is read by. */
export interface Reader {
  readonly plan: Plan;
  readonly planVersion: number;
  readonly libraries: Libraries;
}

/** A request, and all that can be known of it without knowing of any other. */
export interface Prepared {
  /** What it was read by. */
  readonly plan: Plan;
  readonly facts: Facts;
  /** What is wrong with it in itself. */
  readonly error: ErrorAnswer | undefined;
  /** The buckets it comes before; undefined where nothing limits it, or it fails before it gets there. */
  readonly limited: LimitDraw | undefined;
  readonly preset: PresetOutcome | undefined;
  /** What the decision on it goes by. */
  readonly step: DecisionStep;
}

/** No rule is asked about a request whose faults are known. */
const NO_RULES: readonly number[] = [];

/** Finds out about a request what does not depend on others. */
export function prepare(incoming: Incoming, { path, call, forced, preset }: Destination, reader: Reader): Prepared {
  const { body, form } = incoming;
  const reading = form === undefined ? readingOf(body) : formReading(body, form);
  const declared = declaredFor(incoming, reader.plan);
  const request = apiRequestOf(incoming, path, reading, {
    dialect: reader.plan.dialect,
    isDeclared: declared !== undefined,
  });
  const bodySha256 = reading.sha256;
  const { headers, connection, headersAt: at } = incoming;
  const { acrossKeys, acrossTargets, provider } = reader.plan;
  const { fingerprint } = request;
  const evidence: CorrelationEvidence = {
    pathCall: call,
    headers,
    fingerprint,
    declared,
    target: targetOf(request, provider),
    question: () => questionOf(request),
    acrossKeys,
    acrossTargets,
    at,
    connection,
  };
  const facts = factsOf(request, headers, reader);
  const { error, answered = request, letThrough } = preset === undefined ? checked(facts, reader) : NOTHING_WRONG;
  const draws = preset === undefined && (error === undefined || error.admitted === true);
  const limited = draws ? limitedRequest(answered, reader.plan.limits) : undefined;
  const reference = error === undefined && preset === undefined ? answered.endpoint?.refersTo?.(answered) : undefined;
  const matches = preset === undefined && forced === undefined ? matchingRules(reader.plan.rules, facts) : NO_RULES;
  const step: DecisionStep = {
    planVersion: reader.planVersion,
    evidence,
    failsAt: error?.layer,
    limited,
    forced,
    preset,
    matches,
    traits: facts,
    incoming,
    request: answered,
    bodySha256,
    letThrough,
    recorded: reader.plan.record && JSON.stringify(recordedRequest(incoming, request, reader.plan.record)),
    reference,
    replies: error === undefined && preset === undefined ? replyQuestion(reader.plan, facts) : undefined,
    keptBody: reference === undefined || answered === request ? undefined : Buffer.from(JSON.stringify(answered.body)),
  };
  return { plan: reader.plan, facts, error, limited, preset, step };
}

/** Who is asked; undefined for a request that asks nothing. */
export function targetOf(request: ApiRequest, provider: string): Target | undefined {
  if (request.endpoint?.prompt === undefined) return undefined;
  return { provider, keyHash: request.keyHash, model: modelOf(request) };
}

/** What is asked: once for a body that comes again. */
function questionOf({ endpoint, body, memo }: ApiRequest): string | undefined {
  return memoize(memo, 'question', [endpoint], () => questionHash(endpoint, body));
}

/** What the plan expects of calls such as this one. A GET may be repeated to see how something goes on. */
export function declaredFor({ method }: Pick<Incoming, 'method'>, { expect }: Plan): DeclaredCalls | undefined {
  return method === 'POST' ? expect.calls : undefined;
}

/** What matchers ask about the request. */
export function factsOf(
  request: ApiRequest,
  headers: Incoming['headers'],
  { plan: { settings }, libraries }: Omit<Reader, 'planVersion'>,
): Facts {
  return new Facts(request, headers, (asked) => promptTokens(asked, settings, libraries));
}

/** What is wrong with a request, and what passes all the same. */
interface Checked {
  readonly error?: ErrorAnswer | undefined;
  /** What the answer goes by, where that is not the request as it came. */
  readonly answered?: ApiRequest | undefined;
  readonly letThrough?: readonly string[] | undefined;
}

const NOTHING_WRONG: Checked = {};

function checked(facts: Facts, { plan, libraries }: Reader): Checked {
  const { auth, settings, maxBodyBytes, validation } = plan;
  const { models, azure, tokens } = settings;
  const rules = { auth, models, azure, tokens, maxBodyBytes, libraries, promptTokens: () => facts.tokens };
  if (validation === 'strict') {
    const error = naturalError(facts.request, rules) ?? unmatchedReply(plan, facts);
    return error === undefined ? NOTHING_WRONG : { error };
  }
  const { error = unmatchedReply(plan, facts), request: answered, letThrough } = lenientReading(facts.request, rules, validation);
  return { error, answered, letThrough: letThrough.length === 0 ? undefined : letThrough };
}
