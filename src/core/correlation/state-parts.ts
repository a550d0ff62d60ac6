import { isNamed, nameOf } from './call-name.ts';
import type { CorrelationEvidence } from './correlation.ts';
import { type CorrelationState, type CorrelationTotals, emptyState } from './correlation-state.ts';
import { addFindable, emptyGroup, type FingerprintGroup, noteFailure, type OpenCall } from './fingerprint-group.ts';
import type { Outcome } from './outcome.ts';

/*
 * The state of correlation in parts of plain data, each under a name. A store outside of the process reads the parts that a
 * step needs, makes a state of them, runs the step, and writes the parts that have changed, if nobody else did meanwhile.
 */

/** Parts by their names: `totals`, `group <fingerprint>`, `call <id>`, `connection <number>`, `question <hash>`. */
export type StateParts = Readonly<Record<string, unknown>>;

type CallPart = Omit<OpenCall, 'group' | 'older' | 'newer' | 'forgotten'>;

/** A call with a part of its own; or the group in whose part the call is, to find it by its name. */
type CallOrPlace = { readonly group: string; readonly call?: CallPart };

interface GroupPart
  extends Omit<FingerprintGroup, 'calls' | 'failed' | 'declared' | 'counted' | 'fingerprint' | 'older' | 'newer'> {
  /** Those that a later request may be a retry of. */
  readonly calls: readonly CallPart[];
  readonly declared: string | null;
  readonly counted: readonly (readonly [number, number])[];
}

/** The calls that failed and ask that, each with its group. */
type QuestionPart = readonly { readonly call: string; readonly group: string }[];

interface ConnectionPart {
  readonly fingerprint: string | null;
}

/** The parts that `observe` reads first. `furtherParts` names those that follow from them. */
export function partsToObserve(evidence: CorrelationEvidence): string[] {
  const named = nameOf(evidence);
  return [
    'totals',
    groupName(evidence.fingerprint),
    connectionName(evidence.connection.id),
    ...(named === undefined ? [] : [callName(named.id)]),
    ...questionNames(evidence.question?.()),
  ];
}

/** The parts that `complete` reads first, for a call, the fingerprint of the request that was recognised, and how that ended. */
export function partsToComplete(call: string, fingerprint: string, { connection, question }: Outcome): string[] {
  return ['totals', groupName(fingerprint), connectionName(connection), callName(call), ...questionNames(question)];
}

/** The parts that have to be read, too, because of what these say. */
export function furtherParts(parts: StateParts): string[] {
  const names = Object.entries(parts).flatMap(([name, part]) => {
    if (name.startsWith(CALL)) {
      const { group, call } = part as CallOrPlace;
      return [groupName(group), ...questionsOf(call)];
    }
    if (name.startsWith(QUESTION)) return (part as QuestionPart).map(({ group }) => groupName(group));
    if (!name.startsWith(GROUP)) return [];
    const { declared, calls } = part as GroupPart;
    return [...(declared === null ? [] : [callName(declared)]), ...calls.flatMap(questionsOf)];
  });
  return names.filter((name) => parts[name] === undefined);
}

/** The state that the parts are of, as far as they go. `onForget` is told the id of each call that a step on it forgets. */
export function stateOf(parts: StateParts, onForget: (call: string) => void): CorrelationState {
  const state = emptyState(onForget);
  const entries = Object.entries(parts);
  Object.assign(state.totals, parts[TOTALS] as CorrelationTotals | undefined);
  for (const [name, part] of entries) if (name.startsWith(GROUP)) addGroup(state, name.slice(GROUP.length), part as GroupPart);
  for (const [name, part] of entries) {
    if (name.startsWith(CALL)) addCall(state, part as CallOrPlace);
    if (name.startsWith(CONNECTION)) {
      const fingerprint = (part as ConnectionPart).fingerprint ?? undefined;
      const connection = Number(name.slice(CONNECTION.length));
      state.connections.add({ connection, fingerprint, older: undefined, newer: undefined });
    }
  }
  for (const [name, part] of entries) {
    if (name.startsWith(GROUP)) addDeclared(state, name.slice(GROUP.length), part as GroupPart);
    if (name.startsWith(QUESTION)) addQuestion(state, name.slice(QUESTION.length), part as QuestionPart);
  }
  return state;
}

/** The parts that the state is made of. Those of calls that were forgotten are not among them. */
export function partsOf(state: CorrelationState): StateParts {
  const parts: Record<string, unknown> = { [TOTALS]: { ...state.totals } };
  for (let group = state.groups.oldest; group !== undefined; group = group.newer) {
    parts[groupName(group.fingerprint)] = groupPart(group);
    const { declared } = group;
    if (declared?.findable === true) parts[callName(declared.id)] = { group: declared.group.fingerprint } satisfies CallOrPlace;
  }
  for (let call = state.calls.oldest; call !== undefined; call = call.newer) {
    const { id, group, findable, lastFingerprint } = call;
    if (!findable) parts[callName(id)] = { group: group.fingerprint, call: callPart(call) } satisfies CallOrPlace;
    else if (isNamed(id) || lastFingerprint !== group.fingerprint)
      parts[callName(id)] = { group: group.fingerprint } satisfies CallOrPlace;
  }
  for (let failed = state.connections.oldest; failed !== undefined; failed = failed.newer)
    parts[connectionName(failed.connection)] = { fingerprint: failed.fingerprint ?? null } satisfies ConnectionPart;
  for (const [question, calls] of state.questions)
    parts[QUESTION + question] = calls.map(({ id, group }) => ({ call: id, group: group.fingerprint })) satisfies QuestionPart;
  return parts;
}

/** The call of that id; undefined when it was forgotten. */
export function callOf(state: CorrelationState, id: string): OpenCall | undefined {
  let call = state.calls.oldest;
  while (call !== undefined && call.id !== id) call = call.newer;
  return call;
}

const TOTALS = 'totals';
const GROUP = 'group ';
const CALL = 'call ';
const CONNECTION = 'connection ';
const QUESTION = 'question ';

function groupName(fingerprint: string): string {
  return GROUP + fingerprint;
}

function callName(id: string): string {
  return CALL + id;
}

function connectionName(connection: number): string {
  return CONNECTION + connection;
}

function questionNames(question: string | undefined): string[] {
  return question === undefined ? [] : [QUESTION + question];
}

function questionsOf(call: CallPart | undefined): string[] {
  return questionNames(call?.question);
}

function groupPart(group: FingerprintGroup): GroupPart {
  const { calls, failed: _failed, declared, counted, fingerprint: _name, older: _older, newer: _newer, ...rest } = group;
  return { ...rest, calls: calls.map(callPart), declared: declared?.id ?? null, counted: [...(counted ?? [])] };
}

function callPart({ group: _group, older: _older, newer: _newer, forgotten: _forgotten, ...rest }: OpenCall): CallPart {
  return rest;
}

function addGroup(state: CorrelationState, fingerprint: string, part: GroupPart): void {
  const { calls, declared: _declared, counted, ...rest } = part;
  const group = { ...emptyGroup(fingerprint), ...rest };
  if (counted.length > 0) group.counted = new Map(counted);
  state.groups.add(group);
  for (const call of calls) addToGroup(state, group, call);
  // To add several is not to see them at the same time.
  group.hadConcurrentCalls = rest.hadConcurrentCalls;
}

/** Adds a call that has a part of its own. */
function addCall(state: CorrelationState, { group: fingerprint, call }: CallOrPlace): void {
  if (call === undefined) return;
  const group = state.groups.get(fingerprint);
  if (group === undefined) throw new RangeError(`the group of call ${call.id} was not read`);
  addToGroup(state, group, call);
}

function addDeclared(state: CorrelationState, fingerprint: string, { declared }: GroupPart): void {
  const group = state.groups.get(fingerprint);
  if (group !== undefined && declared !== null) group.declared = callOf(state, declared);
}

function addQuestion(state: CorrelationState, question: string, part: QuestionPart): void {
  state.questions.set(
    question,
    part.flatMap(({ call }) => callOf(state, call) ?? []),
  );
}

function addToGroup(state: CorrelationState, group: FingerprintGroup, { failure, ...part }: CallPart): OpenCall {
  const call: OpenCall = { ...part, failure: undefined, group, forgotten: false, older: undefined, newer: undefined };
  state.calls.add(call);
  if (isNamed(call.id)) state.named.set(call.id, call);
  if (call.findable) addFindable(group, call);
  noteFailure(call, failure);
  return call;
}
