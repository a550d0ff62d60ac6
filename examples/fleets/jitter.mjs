// Doubles the limit of a random wait: what failed together comes back spread over time.
import { attempt, sleep } from './chat.mjs';

const ATTEMPTS = 5;
const BASE_MS = 250;

export default async function jitter(call) {
  let answer;
  for (let tried = 1; tried <= ATTEMPTS; tried++) {
    answer = await attempt(call);
    if (answer.ok || !answer.retry || tried === ATTEMPTS) return answer;
    await sleep(Math.random() * BASE_MS * 2 ** (tried + 1), call.signal);
  }
  return answer;
}
