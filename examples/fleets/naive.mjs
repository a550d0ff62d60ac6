// Tries again at once, many times: each of these calls makes an outage worse for all others.
import { attempt, sleep } from './chat.mjs';

const ATTEMPTS = 20;
const WAIT_MS = 100;

export default async function naive(call) {
  let answer;
  for (let tried = 1; tried <= ATTEMPTS; tried++) {
    answer = await attempt(call);
    if (answer.ok || !answer.retry) return answer;
    await sleep(WAIT_MS, call.signal);
  }
  return answer;
}
