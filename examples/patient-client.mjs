// A client that waits as long as it is told, else for a random time below a limit that doubles.
import { setTimeout as sleep } from 'node:timers/promises';

const { OPENAI_BASE_URL = 'https://api.openai.com/v1', OPENAI_API_KEY } = process.env;
const MAX_ATTEMPTS = 4;
const MAX_WAIT_MS = 20_000;
const RETRIED = new Set([408, 409, 429, 500, 502, 503, 504]);
/** No wait helps when there is no credit. */
const HOPELESS = new Set(['insufficient_quota', 'credit_balance_exhausted', 'billing_not_active']);

async function complete(prompt) {
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: prompt }] });
  const headers = {
    authorization: `Bearer ${OPENAI_API_KEY}`,
    'content-type': 'application/json',
    // The same for every attempt: it tells the server which requests are one.
    'idempotency-key': crypto.randomUUID(),
  };
  for (let attempt = 1; ; attempt++) {
    const outcome = await ask({ method: 'POST', headers, body, signal: AbortSignal.timeout(60_000) });
    if (outcome.text !== undefined) return outcome.text;
    if (attempt === MAX_ATTEMPTS || !outcome.retry) throw new Error(`gave up: ${outcome.reason}`);
    const { askedMs = 0 } = outcome;
    if (askedMs > MAX_WAIT_MS) throw new Error(`gave up: asked to wait ${askedMs} ms`);
    // Never earlier than asked; a little later, so that clients told the same do not come back together.
    await sleep(askedMs > 0 ? askedMs + Math.random() * 250 : Math.random() * Math.min(MAX_WAIT_MS, 1_000 * 2 ** attempt));
  }
}

/** One attempt: the text, or why there is none and whether another attempt makes sense. */
async function ask(request) {
  try {
    const response = await fetch(`${OPENAI_BASE_URL}/chat/completions`, request);
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return { text: answer.choices[0].message.content };
    const retry = RETRIED.has(response.status) && !HOPELESS.has(answer.error?.code) && !HOPELESS.has(answer.error?.type);
    return { retry, reason: `status ${response.status}`, askedMs: askedMs(response.headers.get('retry-after')) };
  } catch (error) {
    return { retry: true, reason: error.message };
  }
}

/** Retry-After, in seconds or as a date, in milliseconds from now; undefined without one. */
function askedMs(value) {
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

console.log(await complete('Say hello.'));
