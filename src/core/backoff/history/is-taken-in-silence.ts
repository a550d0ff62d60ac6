import type { RuleEvidence } from '../kit/rule-evidence.ts';
import type { CallHistory } from './call-history.ts';

/**
 * Whether the call ended with its first answer, which was spoilt or cut, and nobody knows what the client made of it. It may have
 * taken the answer for good: that it asked no more is no merit.
 */
export function isTakenInSilence(call: CallHistory, { outcomeOf }: Pick<RuleEvidence, 'outcomeOf'>): boolean {
  const [only, ...others] = call.tries;
  return only?.failure === 'content' && others.length === 0 && call.replays.length === 0 && outcomeOf(call)?.ok === undefined;
}
