import { expect, onTestFinished, test } from 'vitest';
import type { MockOpenAI } from '../../../src/index.ts';
import { postChat, startMock } from '../../support/start-mock.ts';

interface ServerSentEvent {
  readonly event: string;
  readonly id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: what the server sends
  readonly data: any;
}

interface Listener {
  readonly events: readonly ServerSentEvent[];
  /** Resolves with the first event for which it holds. */
  until(holds: (event: ServerSentEvent) => boolean): Promise<ServerSentEvent>;
  stop(): Promise<void>;
  /** Resolves when the stream is over: with an error where it broke off. */
  readonly over: Promise<unknown>;
}

/** Listens to the events of a mock. */
async function listen(url: string, headers: Record<string, string> = {}): Promise<Listener> {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const response = await fetch(url, { headers, signal: controller.signal });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const events: ServerSentEvent[] = [];
  const waiting = new Set<() => void>();
  const over = (async () => {
    let text = '';
    for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      text += piece;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) if (!block.startsWith(':')) events.push(eventOf(block));
      for (const look of waiting) look();
    }
  })().catch((error: unknown) => error);
  return {
    events,
    over,
    until: (holds) =>
      new Promise((resolve) => {
        const look = () => {
          const found = events.find(holds);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    async stop() {
      controller.abort();
      await over;
    },
  };
}

function eventOf(block: string): ServerSentEvent {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  return { event: field('event') ?? '', id: field('id'), data: JSON.parse(field('data') ?? 'null') };
}

async function ask(mock: Pick<MockOpenAI, 'baseURL' | 'apiKey'>, body: object = {}): Promise<void> {
  await (await postChat(mock, body)).text();
}

test('a decision is told while its answer is still to come, and the entry when it is over', async () => {
  const mock = await startMock({ rules: [{ name: 'slow', fault: { hang: { for: '1h' } } }] });
  const listener = await listen(`${mock.origin}/__admin/events`);
  const leaving = new AbortController();
  const asked = fetch(`${mock.baseURL}/chat/completions`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { authorization: 'Bearer sk-test' },
    body: '{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}]}',
  }).catch(() => undefined);
  const { data: decision } = await listener.until(({ event }) => event === 'decision');
  expect(decision).toMatchObject({
    session: 'default',
    seq: 1,
    attemptSeq: 1,
    endpoint: 'chat.completions',
    model: 'gpt-4o',
    faultApplied: { rule: 'slow' },
  });
  expect(listener.events.filter(({ event }) => event === 'entry')).toEqual([]);
  leaving.abort();
  await asked;
  const { data: entry } = await listener.until(({ event }) => event === 'entry');
  expect(entry).toEqual({ ...mock.journal()[0], bodyShaCanonical: null });
});

test('the verdict is told to who comes, and again when it changes', async () => {
  const mock = await startMock({ rules: [{ attempts: 1, fault: 'server_error' }] });
  const listener = await listen(`${mock.origin}/__admin/events?only=verdict`);
  expect((await listener.until(({ event }) => event === 'verdict')).data).toMatchObject({ verdict: 'inconclusive', calls: 0 });
  await ask(mock);
  expect((await listener.until(({ data }) => data.calls === 1)).data).toMatchObject({ exercised: true });
  expect(new Set(listener.events.map(({ event }) => event))).toEqual(new Set(['verdict']));
});

test('who comes back is told what ended in the meantime, once', async () => {
  const mock = await startMock();
  const first = await listen(`${mock.origin}/__admin/events?only=entry`);
  await ask(mock);
  const { id = '' } = await first.until(({ event }) => event === 'entry');
  await first.stop();
  for (let i = 0; i < 3; i++) await ask(mock);
  await mock.idle();
  const second = await listen(`${mock.origin}/__admin/events?only=entry`, { 'last-event-id': id });
  await second.until(({ data }) => data.seq === 4);
  await ask(mock);
  await second.until(({ data }) => data.seq === 5);
  expect(second.events.map(({ data }) => data.seq)).toEqual([2, 3, 4, 5]);
});

test('an entry that ends late does not get lost behind those that end before it', async () => {
  const mock = await startMock({ rules: [{ match: { user: 'late' }, fault: { hang: { for: '1h' } } }] });
  const leaving = new AbortController();
  const listener = await listen(`${mock.origin}/__admin/events`);
  const late = fetch(`${mock.baseURL}/chat/completions`, {
    method: 'POST',
    signal: leaving.signal,
    headers: { authorization: 'Bearer sk-test' },
    body: '{"model":"gpt-4o","user":"late","messages":[{"role":"user","content":"Hello"}]}',
  }).catch(() => undefined);
  await listener.until(({ event }) => event === 'decision');
  await ask(mock);
  const { id = '' } = await listener.until(({ event }) => event === 'entry');
  await listener.stop();
  leaving.abort();
  await late;
  while (mock.journal()[0]?.t_end === null) await new Promise((resolve) => setTimeout(resolve, 5));
  const second = await listen(`${mock.origin}/__admin/events?only=entry`, { 'last-event-id': id });
  expect((await second.until(({ data }) => data.seq === 1)).data).toMatchObject({ seq: 1, closedBy: 'client' });
});

test('an id of another run gets all that the journal has', async () => {
  const mock = await startMock();
  await ask(mock);
  await mock.idle();
  const listener = await listen(`${mock.origin}/__admin/events?only=entry`, { 'last-event-id': '01234567.900' });
  expect((await listener.until(({ event }) => event === 'entry')).data).toMatchObject({ seq: 1 });
});

test('a session is told of by itself', async () => {
  const mock = await startMock();
  const session = mock.session();
  const listener = await listen(`${mock.origin}/s/${session.id}/__admin/events?only=entry`);
  await ask(mock);
  await ask(session);
  expect((await listener.until(({ event }) => event === 'entry')).data).toMatchObject({ session: session.id });
  await session.close();
  expect(listener.events).toHaveLength(1);
});

test('so many listen at once, and no more', async () => {
  const mock = await startMock();
  await Promise.all(Array.from({ length: 32 }, () => listen(`${mock.origin}/__admin/events?only=entry`)));
  const refused = await fetch(`${mock.origin}/__admin/events`);
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({ title: 'Too many listen.', detail: 'At most 32 listen at once.' });
});

test.each([
  ['?only=entrys', {}, 'Did you mean "entry"?'],
  ['', { 'last-event-id': 'soon' }, 'It is the id of the last event that was heard, as it was sent.'],
])('%s %o is refused', async (query, headers, detail) => {
  const mock = await startMock();
  const refused = await fetch(`${mock.origin}/__admin/events${query}`, { headers });
  expect(refused.status).toBe(400);
  expect((await refused.json()).detail).toContain(detail);
});

test('a mock that is closed ends what it tells, properly', async () => {
  const mock = await startMock();
  const listener = await listen(`${mock.origin}/__admin/events`);
  await postChat(mock, {});
  await listener.until(({ event }) => event === 'entry');
  await mock.close();
  expect(await listener.over).toBeUndefined();
});

test('the admin token is asked of listeners, too', async () => {
  const mock = await startMock({}, { adminToken: 'secret' });
  expect((await fetch(`${mock.origin}/__admin/events`)).status).toBe(401);
});

test('fields choose what is told of entries and decisions, for each listener', async () => {
  const mock = await startMock({ rules: [{ fault: 'overloaded' }] });
  const chosen = await listen(`${mock.adminURL}/events?only=entry,decision&fields=seq,status,nothing`);
  const whole = await listen(`${mock.adminURL}/events?only=entry`);
  await (await postChat(mock)).text();
  const { data: entry } = await chosen.until(({ event }) => event === 'entry');
  expect(entry).toEqual({ seq: 1, status: 503 });
  expect(chosen.events.find(({ event }) => event === 'decision')?.data).toEqual({ seq: 1 });
  expect((await whole.until(({ event }) => event === 'entry')).data).toMatchObject({ seq: 1, model: 'gpt-4o', status: 503 });
  const again = await listen(`${mock.adminURL}/events?fields=seq&last_event_id=00000000.0`);
  expect((await again.until(({ event }) => event === 'entry')).data).toEqual({ seq: 1 });
});
