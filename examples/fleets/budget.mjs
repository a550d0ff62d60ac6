// Jitter, and a retry budget that all calls of the process share: a success earns a tenth of a retry.
import { attempt, sleep } from './chat.mjs';

const ATTEMPTS = 5;
const BASE_MS = 250;
const MOST = 10;
const EARNED = 0.1;

let budget = MOST;

export default async function budgeted(call) {
  let answer;
  for (let tried = 1; tried <= ATTEMPTS; tried++) {
    answer = await attempt(call);
    if (answer.ok) budget = Math.min(MOST, budget + EARNED);
    if (answer.ok || !answer.retry || tried === ATTEMPTS || budget < 1) return answer;
    budget -= 1;
    await sleep(Math.random() * BASE_MS * 2 ** (tried + 1), call.signal);
  }
  return answer;
}
