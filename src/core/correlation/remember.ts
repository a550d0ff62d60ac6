import { isNamed } from './call-name.ts';
import type { CorrelationState } from './correlation-state.ts';
import { addFindable, emptyGroup, type FingerprintGroup, type OpenCall, removeFindable } from './fingerprint-group.ts';
import { forgetQuestion } from './questions.ts';

/** Calls remembered at most; the oldest are forgotten first. */
const MAX_CALLS = 20_000;
/** Fingerprints remembered at most, besides those of open calls: the draws of an equal request depend on how many came before it. */
const MAX_GROUPS = 5 * MAX_CALLS;

/** The group of a fingerprint, as the last that was used. */
export function groupOf({ groups }: CorrelationState, fingerprint: string): FingerprintGroup {
  const known = groups.get(fingerprint);
  if (known !== undefined) {
    groups.use(known);
    return known;
  }
  const group = emptyGroup(fingerprint);
  groups.add(group);
  const { size, oldest } = groups;
  if (size <= MAX_GROUPS || oldest === undefined) return group;
  // A group with open calls is in use.
  if (oldest.calls.length > 0) groups.use(oldest);
  else groups.remove(oldest);
  return group;
}

/** Opens a call. `findable` when a later request may be recognised as its retry by what it says. */
export function openCall(state: CorrelationState, id: string, group: FingerprintGroup, findable: boolean): OpenCall {
  const { totals, calls, named } = state;
  totals.opened += 1;
  const call: OpenCall = {
    id,
    number: totals.opened,
    group,
    attempts: 0,
    pending: 0,
    doubtful: false,
    target: undefined,
    lastFingerprint: group.fingerprint,
    question: undefined,
    namesMany: false,
    answered: false,
    arrivedAt: 0,
    retryCount: undefined,
    failure: undefined,
    findable: false,
    forgotten: false,
    older: undefined,
    newer: undefined,
  };
  calls.add(call);
  if (isNamed(id)) named.set(id, call);
  const displaced = findable ? addFindable(group, call) : undefined;
  if (displaced !== undefined && !isNamed(displaced.id)) forgetCall(state, displaced);
  const { oldest } = calls;
  if (calls.size > MAX_CALLS && oldest !== undefined) forgetCall(state, oldest);
  return call;
}

/** Forgets a call: nothing is recognised as part of it any more. */
export function forgetCall(state: CorrelationState, call: OpenCall): void {
  const { id, group } = call;
  call.forgotten = true;
  state.calls.remove(call);
  if (isNamed(id)) state.named.delete(id);
  removeFindable(group, call);
  if (group.declared === call) group.declared = undefined;
  forgetQuestion(state, call);
  state.onForget(id);
}

/** Remembers whether the last answer on a connection was a retryable failure, and which request it failed. */
export function rememberFailure({ connections }: CorrelationState, connection: number, fingerprint: string | undefined): void {
  const known = connections.get(connection);
  if (known !== undefined) {
    known.fingerprint = fingerprint;
    connections.use(known);
  } else if (fingerprint !== undefined) {
    connections.add({ connection, fingerprint, older: undefined, newer: undefined });
    const { size, oldest } = connections;
    if (size > MAX_CALLS && oldest !== undefined) connections.remove(oldest);
  }
}

/** The id of a new call without a name. */
export function newCallId({ totals }: CorrelationState): string {
  totals.unnamed += 1;
  return `#${totals.unnamed}`;
}
