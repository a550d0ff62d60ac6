// Doubles its wait: fewer attempts, but all that failed together come back together.
import { attempt, sleep } from './chat.mjs';

const ATTEMPTS = 5;
const BASE_MS = 250;

export default async function backoff(call) {
  let answer;
  for (let tried = 1; tried <= ATTEMPTS; tried++) {
    answer = await attempt(call);
    if (answer.ok || !answer.retry || tried === ATTEMPTS) return answer;
    await sleep(BASE_MS * 2 ** tried, call.signal);
  }
  return answer;
}
