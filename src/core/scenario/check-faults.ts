import { isMeantFor } from '../faults/bound-fault.ts';
import type { AnswerKind } from '../faults/fault.ts';
import { boundFault, type FaultCall, faultNamed, faults, leavesOf } from '../faults/registry.ts';
import type { Endpoint } from '../openai/endpoints/endpoint.ts';
import { carriersOf, endpoints } from '../openai/endpoints/registry.ts';
import { asList, asRecord } from '../openai/request/request.ts';
import type { AnswerFeature } from '../openai/wire/answer-feature.ts';
import type { Carrier } from '../wire/carrier.ts';
import { type Path, type ScenarioFinding, scenarioFinding } from './finding.ts';
import { OF_THE_SERVER } from './of-the-server.ts';
import { duringSchema } from './time-schema.ts';

/** A list of faults at its place. */
interface FaultList {
  readonly path: Path;
  readonly calls: readonly (FaultCall | undefined)[];
}

const HARMLESS = faults.flatMap(({ name, leaves }) => (leaves === 'unchanged' ? [name] : [])).join(', ');

/** What the order and the company of faults make impossible. */
export function checkFaults(rule: Readonly<Record<string, unknown>>, at: Path): ScenarioFinding[] {
  const lists: FaultList[] = faultLists(rule, at).map(([path, given]) => ({ path, calls: given.map(faultCall) }));
  const early = lists.flatMap(({ calls }) => calls).find(strikesAtAccept);
  const ofServer = lists.flatMap(({ calls }) => calls).find(strikesListener);
  if (ofServer !== undefined) return checkServerRule(rule, ofServer, at);
  return [
    ...lists.flatMap(checkList),
    ...lists.flatMap(checkKinds),
    ...lists.flatMap((list) => checkStreams(list, asRecord(rule['match']) ?? {})),
    ...lists.flatMap((list) => checkHeartbeats(list, asRecord(rule['match']) ?? {})),
    ...lists.flatMap((list) => checkWholes(list, asRecord(rule['match']) ?? {})),
    ...lists.flatMap((list) => checkFeatures(list, asRecord(rule['match']) ?? {})),
    ...lists.flatMap((list) => checkCarriers(list, asRecord(rule['match']) ?? {})),
    ...lists.flatMap((list) => checkEnds(list, rule)),
    ...lists.flatMap((list) => checkDialects(list, asRecord(rule['match']) ?? {})),
    ...(early ? [...checkAcceptRule(rule, early, at), ...lists.flatMap(checkAcceptList)] : []),
  ];
}

function faultLists(rule: Readonly<Record<string, unknown>>, at: Path): (readonly [Path, readonly unknown[]])[] {
  const several = (value: unknown) => (Array.isArray(value) ? asList(value) : value === undefined ? [] : [value]);
  const choices = asRecord(rule['one_of']);
  return [
    [[...at, 'fault'], several(rule['fault'])],
    ...asList(rule['sequence']).map((step, index) => [[...at, 'sequence', index], several(step)] as const),
    ...asList(rule['one_of']).map(
      (choice, index) => [[...at, 'one_of', index, 'fault'], several(asRecord(choice)?.['fault'])] as const,
    ),
    ...Object.keys(choices ?? {}).map((name) => [[...at, 'one_of', name], [name]] as const),
  ];
}

/** The fault that is written there; undefined when it is none. */
function faultCall(given: unknown): FaultCall | undefined {
  const [name, params] = typeof given === 'string' ? [given, undefined] : (Object.entries(asRecord(given) ?? {})[0] ?? []);
  const fault = faults.find((known) => known.name === name);
  const parsed = fault?.params.safeParse(params ?? undefined);
  return fault !== undefined && parsed?.success === true ? { name: fault.name, params: parsed.data } : undefined;
}

function strikesAtAccept(call: FaultCall | undefined): boolean {
  return call !== undefined && boundFault(call).strikesAt === 'accept';
}

function strikesListener(call: FaultCall | undefined): boolean {
  return call !== undefined && boundFault(call).strikesAt === 'listener';
}

/** What says of a rule which fault it has, and when. */
const KEYS_OF_SERVER_RULE: readonly string[] = ['name', 'during', 'fault'];

/** A server goes down by the clock alone, whoever asks it, and as a whole. */
function checkServerRule(rule: Readonly<Record<string, unknown>>, { name }: FaultCall, at: Path): ScenarioFinding[] {
  const others = Object.keys(rule).filter((key) => !KEYS_OF_SERVER_RULE.includes(key) && rule[key] !== undefined);
  const alone = `${name} takes down the whole server: its rule has \`during\`, and beside it nothing but a name`;
  const isListed = Array.isArray(rule['fault']) && rule['fault'].length > 1;
  return [
    ...('during' in rule
      ? []
      : [
          {
            ...scenarioFinding(at, `${name} needs a span: give the rule \`during\`, such as during: 10s..20s`),
            lacking: true as const,
          },
        ]),
    ...others.map((key) => scenarioFinding([...at, key], alone, 'key')),
    ...(isListed
      ? [scenarioFinding([...at, 'fault'], `${name} stands alone: nothing is answered by a server that is down`)]
      : []),
  ];
}

/** Of rules of one service among several: the server goes down with all of them. */
export function checkNoServerRule(rules: readonly unknown[], at: Path): ScenarioFinding[] {
  return rules.flatMap((value, index) => {
    const lists = faultLists(asRecord(value) ?? {}, [...at, index]);
    return lists.flatMap(([path, given]) => {
      const call = given.map(faultCall).find(strikesListener);
      return call === undefined ? [] : [scenarioFinding(path, `${call.name} ${OF_THE_SERVER}`)];
    });
  });
}

/** Nothing comes after a fault that answers by itself, and what it answers is no stream. */
function checkList({ path, calls }: FaultList): ScenarioFinding[] {
  const known = calls.map((call) => call && faultNamed(call.name));
  const final = calls.findIndex((call) => call !== undefined && boundFault(call).isFinal);
  if (final < 0) return [];
  const next = known[final + 1]?.name;
  const changed = known.findIndex((fault, index) => index < final && (fault?.changes === 'stream' || fault?.kind === 'answer'));
  const answering = known[final]?.name;
  return [
    ...(final < known.length - 1
      ? [scenarioFinding([...path, final + 1], `${next ?? 'this'} never happens: ${answering} before it ends the answer`)]
      : []),
    ...(changed < 0
      ? []
      : [
          scenarioFinding(
            [...path, changed],
            `${known[changed]?.name} never happens: ${answering} after it ${
              known[changed]?.changes === 'stream' ? 'answers without a stream' : 'leaves no answer to change'
            }`,
          ),
        ]),
  ];
}

/** An answer is sent as a stream or as a whole. */
function checkKinds({ path, calls }: FaultList): ScenarioFinding[] {
  const known = calls.map((call) => call && faultNamed(call.name));
  const stream = known.find((fault) => fault?.changes === 'stream');
  const whole = known.findIndex((fault) => fault?.changes === 'whole');
  if (stream === undefined || whole < 0) return [];
  const both = `${known[whole]?.name} changes only answers in one piece, ${stream.name} only streams`;
  return [scenarioFinding([...path, whole], `never happens: ${both}`)];
}

/** A rule that speaks of no stream gives a fault of streams nothing to strike. */
function checkStreams({ path, calls }: FaultList, { stream, endpoint }: Readonly<Record<string, unknown>>): ScenarioFinding[] {
  const index = calls.findIndex((call) => call !== undefined && faultNamed(call.name).changes === 'stream');
  if (index < 0 || (stream !== false && !neverStreams(endpoint))) return [];
  const spoken =
    stream === false ? 'requests that do not stream' : `requests to ${String(endpoint)}, which are not answered by streams`;
  const at = calls.length > 1 ? [...path, index] : path;
  return [scenarioFinding(at, `${calls[index]?.name} never happens: the rule speaks of ${spoken}`)];
}

/** Signs of life are for streams. */
function checkHeartbeats({ path, calls }: FaultList, { stream, endpoint }: Readonly<Record<string, unknown>>): ScenarioFinding[] {
  if (stream !== false && !neverStreams(endpoint)) return [];
  return calls.flatMap((call, index) => {
    if (call === undefined || boundFault(call).beats === undefined || faultNamed(call.name).changes === 'stream') return [];
    const at = calls.length > 1 ? [...path, index] : path;
    return [scenarioFinding(at, `the heartbeat of ${call.name} never comes: the rule speaks of requests that do not stream`)];
  });
}

/** A rule that speaks of streams gives a fault of whole answers nothing but errors to strike: one in the list, or one by chance. */
function checkWholes({ path, calls }: FaultList, { stream, endpoint }: Readonly<Record<string, unknown>>): ScenarioFinding[] {
  const known = calls.map((call) => call && faultNamed(call.name));
  const index = known.findIndex((fault) => fault?.changes === 'whole');
  const isAnswered = known.some((fault) => fault?.terminal === true);
  if (index < 0 || isAnswered || stream !== true || neverStreams(endpoint)) return [];
  const at = calls.length > 1 ? [...path, index] : path;
  return [
    scenarioFinding(at, `${known[index]?.name} changes only answers in one piece: the rule speaks of requests that stream`),
  ];
}

/** A fault needs something of an answer that the answers of the rule's endpoint never have: it has nothing to strike. */
function checkFeatures({ path, calls }: FaultList, match: Readonly<Record<string, unknown>>): ScenarioFinding[] {
  const endpoint = endpoints.find(({ name }) => name === match['endpoint']);
  return calls.flatMap((call, index) => {
    if (call === undefined) return [];
    const { changes } = faultNamed(call.name);
    const why = boundFault(call)
      .needs.map((feature) => whyMissing(feature, { endpoint, noTools: match['has_tools'] === false, changes }))
      .find((text) => text !== undefined);
    if (why === undefined) return [];
    return [scenarioFinding(calls.length > 1 ? [...path, index] : path, `${call.name} never happens: ${why}`)];
  });
}

/** What a rule says of the answers that it changes. */
interface Spoken {
  readonly endpoint: Endpoint | undefined;
  readonly noTools: boolean;
  readonly changes: AnswerKind | undefined;
}

function whyMissing(feature: AnswerFeature, { endpoint, noTools, changes }: Spoken): string | undefined {
  if (feature === 'tool call' && noTools) return 'the rule speaks of requests that offer no tools';
  if (endpoint === undefined) return undefined;
  const { name, answer, answersJson, stream } = endpoint;
  switch (feature) {
    case 'generated answer':
      return answer === undefined ? `no model makes up the answers of ${name}` : undefined;
    case 'JSON':
      return answersJson === false ? `answers of ${name} are no JSON` : undefined;
    case 'usage event':
      return undefined;
    case 'tool call':
      return answer?.withDamagedCalls === undefined ? `answers of ${name} call no tools` : undefined;
    default:
      // A fault of streams is refused for that.
      if (stream === undefined && changes === 'stream') return undefined;
      return stream?.features.includes(feature) ? undefined : `streams of ${name} have no event of that kind (${feature})`;
  }
}

/** A rule that speaks of one endpoint gives a fault nothing to strike that changes what its answers never travel in. */
function checkCarriers({ path, calls }: FaultList, { endpoint }: Readonly<Record<string, unknown>>): ScenarioFinding[] {
  const known = endpoints.find(({ name }) => name === endpoint);
  const faultsInList = calls.flatMap((call) => (call === undefined ? [] : [boundFault(call)]));
  if (known === undefined || carriersOf(known).some((carrier) => isMeantFor(faultsInList, carrier))) return [];
  const names = faultsInList.map(({ name }) => name).join(', ');
  return [scenarioFinding(path, `${names} never happens: it means nothing to ${WORDS[carriersOf(known)[0] ?? 'response']}`)];
}

/** A rule that speaks of one service gives a fault nothing to strike that another has. */
function checkDialects({ path, calls }: FaultList, { dialect }: Readonly<Record<string, unknown>>): ScenarioFinding[] {
  if (typeof dialect !== 'string') return [];
  return calls.flatMap((call, index) => {
    const known = call && faultNamed(call.name).dialects;
    if (call === undefined || known === undefined || known.some((name) => name === dialect)) return [];
    const message = `${call.name} never happens: ${known.join(', ')} has it alone, and the rule speaks of ${dialect}`;
    return [scenarioFinding(calls.length > 1 ? [...path, index] : path, message)];
  });
}

const WORDS: Readonly<Record<Carrier, string>> = {
  response: 'answers by HTTP',
  handshake: 'the handshake of a WebSocket',
  frames: 'the frames of a WebSocket',
  line: 'the lines of a batch',
};

function neverStreams(endpoint: unknown): boolean {
  return endpoints.some(({ name, stream }) => name === endpoint && stream === undefined);
}

/** A rule that is never over gives nothing to count down to. */
function checkEnds({ path, calls }: FaultList, { during, bursts }: Readonly<Record<string, unknown>>): ScenarioFinding[] {
  const index = calls.findIndex((call) => call !== undefined && boundFault(call).needsEnd);
  if (index < 0 || bursts !== undefined) return [];
  const spans = duringSchema.safeParse(during);
  if (during !== undefined && !spans.success) return [];
  const ends = spans.success && spans.data.every(({ to, again }) => to < Number.POSITIVE_INFINITY || again !== undefined);
  if (ends) return [];
  const at = calls.length > 1 ? [...path, index] : path;
  return [scenarioFinding(at, 'until_end needs a span that ends: give the rule one, such as during: 0s..10s')];
}

/** As a connection is accepted, nothing is known of the requests that will come on it. */
function checkAcceptRule(rule: Readonly<Record<string, unknown>>, { name }: FaultCall, at: Path): ScenarioFinding[] {
  const unknown = ['match', 'attempts'].filter((key) => key in rule);
  const scope = 'per' in rule && rule['per'] !== 'session' ? ['per'] : [];
  return [...unknown, ...scope].map((key) =>
    scenarioFinding(
      [...at, key],
      `${key} asks for what cannot be known yet: ${faultNamed(name).injectedAtWith === undefined ? name : `${name} with at: accept`} comes before any request`,
      'key',
    ),
  );
}

function checkAcceptList({ path, calls }: FaultList): ScenarioFinding[] {
  const others = calls.findIndex((call) => call !== undefined && !strikesAtAccept(call) && leavesOf(call) !== 'unchanged');
  if (others < 0) return [];
  const at = calls.length > 1 ? [...path, others] : path;
  const message = `${calls[others]?.name} needs a request: a rule that strikes on accept has only ${HARMLESS} beside it`;
  return [scenarioFinding(at, message)];
}
