import { postChat } from '../../start-mock.ts';
import { KINDS, type Target, targetsOf } from './scenario.ts';

const CLIENTS = 50;
/** Of one client library, at one target. */
const ATTEMPTS = 3;

export interface Sent {
  /** By which the journal knows it. */
  readonly id: string;
  readonly kind: string;
  readonly path: string;
  readonly key: string;
  readonly model: string;
  readonly content: string;
  readonly stream: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a client was told. `broken`: no answer, or not all of it. `refused`: the store does not answer. */
export interface Told {
  readonly status: number | 'broken' | 'refused';
  /** What the model says. */
  readonly text: string;
}

/** One request, its answer read to the end. */
export async function ask(origin: string, { path, key, model, content, stream, headers }: Sent): Promise<Told> {
  const body = { model, stream, messages: [{ role: 'user', content }] };
  try {
    const response = await postChat({ baseURL: `${origin}${path}`, apiKey: key }, body, headers);
    const answer = await response.text();
    if (response.headers.get('content-type') === 'application/problem+json') return { status: 'refused', text: '' };
    return { status: response.status, text: response.ok ? textOf(answer, stream) : '' };
  } catch {
    return { status: 'broken', text: '' };
  }
}

/**
 * A client that marks its retries makes all of them at one target, and then goes to the next one, where it counts anew. The others try
 * one target after the other.
 */
function attemptsOf(targets: readonly Target[], isMarked: boolean): { readonly target: Target; readonly retryCount: number }[] {
  const retries = Array.from({ length: ATTEMPTS }, (_, retryCount) => retryCount);
  if (isMarked) return targets.flatMap((target) => retries.map((retryCount) => ({ target, retryCount })));
  return retries.flatMap((retryCount) => targets.map((target) => ({ target, retryCount })));
}

/**
 * So many requests of 50 clients, whose calls take turns through all kinds. A call that fails is tried again, and goes to its next
 * target. Half of the clients mark their retries as the official SDKs do. `onRequest` is told how many were sent.
 */
export async function drive(
  origin: string,
  requests: number,
  onRequest: (sent: number) => void,
): Promise<Map<string, { readonly sent: Sent; readonly told: Told }>> {
  const all = new Map<string, { readonly sent: Sent; readonly told: Told }>();
  let calls = 0;
  let count = 0;
  const makeCall = async (isMarked: boolean) => {
    const call = calls++;
    const kind = KINDS[call % KINDS.length];
    if (kind === undefined) throw new Error('there are kinds');
    const targets = targetsOf(kind, Math.floor(call / KINDS.length));
    for (const { target, retryCount } of attemptsOf(targets, isMarked)) {
      if (count >= requests) return;
      const id = `load/${count++}`;
      const marks = isMarked ? { 'x-stainless-retry-count': String(retryCount) } : {};
      const sent = {
        id,
        kind: kind.name,
        ...target,
        content: `${kind.name} ${call}`,
        stream: call % 4 === 0,
        headers: { 'user-agent': id, ...marks },
      };
      onRequest(count);
      const told = await ask(origin, sent);
      all.set(id, { sent, told });
      // What broke may have been decided or not: nobody asks for it again, so that it does not matter for what comes.
      if (kind.once || told.status === 200 || typeof told.status === 'string') return;
    }
  };
  const client = async (number: number) => {
    while (count < requests) await makeCall(number % 2 === 0);
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  return all;
}

function textOf(answer: string, stream: boolean): string {
  if (!stream) return JSON.parse(answer).choices[0].message.content;
  const events = answer.split('\n').filter((line) => line.startsWith('data: {'));
  return events.map((line) => JSON.parse(line.slice('data: '.length)).choices[0]?.delta.content ?? '').join('');
}
