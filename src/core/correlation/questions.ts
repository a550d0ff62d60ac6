import type { CorrelationState } from './correlation-state.ts';
import type { OpenCall } from './fingerprint-group.ts';

/** Calls that ask the same remembered at most. */
const MAX_CALLS = 100;

/** Remembers that a call without a name failed: the same question to another target may be its next attempt. */
export function rememberQuestion({ questions }: CorrelationState, call: OpenCall, question: string): void {
  if (call.question === question) return;
  const calls = questions.get(question) ?? [];
  if (calls.length >= MAX_CALLS) return;
  call.question = question;
  questions.set(question, [...calls, call]);
}

/** No request to another target is an attempt of the call. */
export function forgetQuestion({ questions }: CorrelationState, call: OpenCall): void {
  const { question } = call;
  if (question === undefined) return;
  call.question = undefined;
  const others = (questions.get(question) ?? []).filter((other) => other !== call);
  if (others.length > 0) questions.set(question, others);
  else questions.delete(question);
}
