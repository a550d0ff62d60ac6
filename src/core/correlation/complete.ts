import { isNamed } from './call-name.ts';
import type { CorrelationState } from './correlation-state.ts';
import { noteFailure, type OpenCall } from './fingerprint-group.ts';
import type { Outcome } from './outcome.ts';
import { rememberQuestion } from './questions.ts';
import { forgetCall, rememberFailure } from './remember.ts';

/** Notes in the state how an attempt of a call ended. A success closes an unnamed call: equal requests that follow are new ones. */
export function complete(state: CorrelationState, call: OpenCall, outcome: Outcome): void {
  if (call.forgotten) return;
  const { group } = call;
  const { retryable, connection } = outcome;
  call.pending -= 1;
  call.answered ||= outcome.delivered;
  group.answered ||= call.answered;
  rememberFailure(state, connection, retryable ? call.lastFingerprint : undefined);
  state.totals.hasFailures ||= retryable || outcome.permanent === true;
  const { question } = outcome;
  if (retryable && question !== undefined && !isNamed(call.id)) rememberQuestion(state, call, question);
  if (retryable) {
    noteFailure(call, {
      at: outcome.at,
      // A client that leaves knows so before the server does.
      knownAt: outcome.clientLeft ? call.arrivedAt : outcome.at,
      connection,
      hintMs: outcome.hintMs,
    });
  } else if (call.pending === 0 && !isNamed(call.id) && group.declared !== call) {
    forgetCall(state, call);
  }
}
