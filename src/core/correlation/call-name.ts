import type { CorrelationEvidence, Evidence } from './correlation.ts';

/** A name that the client gave to a call, and where. */
export interface Named {
  readonly id: string;
  readonly evidence: Evidence;
}

/** Names are kept up to this length; longer ones are told apart by their beginning. */
const MAX_NAME_LENGTH = 256;

/** The name of the call, from the path before any header; undefined when it has none. */
export function nameOf({ pathCall, headers }: CorrelationEvidence): Named | undefined {
  const name = (evidence: Evidence, value: string) => ({ id: `${evidence}:${value.slice(0, MAX_NAME_LENGTH)}`, evidence });
  if (pathCall !== undefined) return name('path', pathCall);
  const requestId = headers['x-client-request-id'];
  if (requestId !== undefined && requestId !== '') return name('client-request-id', requestId);
  const key = headers['idempotency-key'];
  return key === undefined || key === '' ? undefined : name('idempotency-key', key);
}

/** Whether the id is that of a call with a name. */
export function isNamed(callId: string): boolean {
  return callId.includes(':');
}

/** The id of a call as people see it: the token of the path, `header:value`, or `#` and a number. */
export function callLabel(callId: string): string {
  return /^path:[^#]/.test(callId) ? callId.slice('path:'.length) : callId;
}
