import type { CorrelationState } from './correlation-state.ts';
import type { OpenCall } from './fingerprint-group.ts';

/** Calls that ask the same remembered at most. */
const MAX_CALLS = 100;

/** Remembers that a call without a name failed: the same question to another target may be its next attempt. */
export function rememberQuestion({ questions }: CorrelationState, call: OpenCall, question: string): void {
  if (call.question === question) return;
  const calls = questions.get(question);
  if (calls !== undefined && calls.length >= MAX_CALLS) return;
  call.question = question;
  questions.set(question, calls === undefined ? [call] : [...calls, call]);
}

/** No request to another target is an attempt of the call. */
export function forgetQuestion({ questions }: CorrelationState, call: OpenCall): void {
  const { question } = call;
  if (question === undefined) return;
  call.question = undefined;
  const calls = questions.get(question);
  // Most calls ask what no other asks.
  if (calls === undefined || (calls.length === 1 && calls[0] === call)) questions.delete(question);
  else
    questions.set(
      question,
      calls.filter((other) => other !== call),
    );
}
