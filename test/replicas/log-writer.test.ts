import { expect, onTestFinished, test, vi } from 'vitest';
import { LogWriter } from '../../src/replicas/log-writer.ts';
import type { ReplicaMessage } from '../../src/replicas/replica-message.ts';
import type { Added } from '../../src/replicas/shared-log.ts';

const ask = (ref: number): ReplicaMessage => ({ kind: 'ask all', ref });
const pong = (ping: number): ReplicaMessage => ({ kind: 'pong', ping });

interface Sent {
  readonly batch: number;
  readonly until: number;
  readonly messages: readonly ReplicaMessage[];
}

/** A writer on a clock of its own, and a store that answers as the test says: the answers in order, then `ok`. */
function world(answers: (Added | Error | Promise<Added>)[], hasOthers = false) {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const sent: Sent[] = [];
  const silent: number[] = [];
  const lost: string[] = [];
  let troubles = 0;
  const writer = new LogWriter({
    as: { run: 'run', replica: 'a' },
    clock: {
      get storeNow() {
        return 5_000_000 + Date.now();
      },
    },
    now: () => Date.now(),
    async add({ batch, until }, messages) {
      sent.push({ batch, until: until === 0 ? 0 : until - 5_000_000 - Date.now(), messages });
      const answer = await (answers.shift() ?? 'ok');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onSilence: (ref) => silent.push(ref),
    onStored: () => undefined,
    onTrouble: () => (troubles += 1),
    onLost: (why) => lost.push(why),
    hasOthers: () => hasOthers,
  });
  onTestFinished(() => writer.end());
  return { writer, sent, silent, lost, troubles: () => troubles };
}

test('what comes while a batch is on its way goes with the next, in order', async () => {
  let arrive: (added: Added) => void = () => undefined;
  const { writer, sent } = world([new Promise((resolve) => (arrive = resolve))]);
  writer.write([pong(1)]);
  writer.write([pong(2)]);
  writer.write([pong(3)]);
  arrive('ok');
  await writer.written();
  expect(sent).toEqual([
    { batch: 1, until: 0, messages: [pong(1)] },
    { batch: 2, until: 0, messages: [pong(2), pong(3)] },
  ]);
});

test('where others write, too, a batch begins a millisecond after the last for each of its messages; the first waits for nothing', async () => {
  const { writer, sent } = world([], true);
  writer.write([pong(1)]);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(0);
  writer.write([pong(2)]);
  await vi.advanceTimersByTimeAsync(0);
  writer.write([pong(3)]);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent.map(({ messages }) => messages)).toEqual([[pong(1)], [pong(2), pong(3)]]);
  writer.write([pong(4)]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toHaveLength(3);
  await vi.advanceTimersByTimeAsync(50);
  writer.write([pong(5)]);
  expect(sent).toHaveLength(4);
});

test('a large batch has the next one wait for ten milliseconds, and no longer', async () => {
  const { writer, sent } = world([], true);
  writer.write(Array.from({ length: 100 }, (_, n) => pong(n)));
  await vi.advanceTimersByTimeAsync(0);
  writer.write([pong(100)]);
  await vi.advanceTimersByTimeAsync(9);
  expect(sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toHaveLength(2);
});

test('a batch whose answer is lost is sent again under its number', async () => {
  const { writer, sent, troubles } = world([new Error('broken'), new Error('broken'), 'known']);
  writer.write([ask(1), pong(1)]);
  await vi.advanceTimersByTimeAsync(500);
  expect(sent.map(({ batch, messages }) => [batch, messages.length])).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
  expect(troubles()).toBe(2);
});

test('a question has two seconds: it is no good in the store any more before it is refused, and is not sent again', async () => {
  const { writer, sent, silent } = world(Array(40).fill(new Error('broken')));
  writer.write([ask(1), pong(1)]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(sent[0]?.until).toBe(2_000);
  expect(sent.at(-1)?.until).toBeLessThanOrEqual(1_100);
  await vi.advanceTimersByTimeAsync(1_200);
  expect(silent).toEqual([]);
  await vi.advanceTimersByTimeAsync(300);
  expect(silent).toEqual([1]);
  await vi.advanceTimersByTimeAsync(200);
  expect(sent.at(-1)).toMatchObject({ batch: 1, until: 0, messages: [pong(1)] });
});

test('a question that waits for its turn is not sent once it was refused', async () => {
  let arrive: (added: Added) => void = () => undefined;
  const { writer, sent, silent } = world([new Promise((resolve) => (arrive = resolve))]);
  writer.write([pong(1)]);
  writer.write([ask(2), pong(2)]);
  await vi.advanceTimersByTimeAsync(2_500);
  expect(silent).toEqual([2]);
  arrive('ok');
  await vi.advanceTimersByTimeAsync(1);
  expect(sent.at(-1)).toEqual({ batch: 2, until: 0, messages: [pong(2)] });
});

test('a batch that the store was too late for is sent without what was refused meanwhile', async () => {
  const { writer, sent, silent } = world(Array(30).fill('late'));
  writer.write([ask(1), pong(1)]);
  await vi.advanceTimersByTimeAsync(3_500);
  expect(silent).toEqual([1]);
  expect(sent.at(-1)).toMatchObject({ batch: 1, until: 0, messages: [pong(1)] });
});

test('an answer in time is one, and none is waited for after it', async () => {
  const { writer, silent } = world([]);
  writer.write([ask(1)]);
  await vi.advanceTimersByTimeAsync(700);
  expect(writer.answered(1)).toBe(700);
  expect(writer.answered(1)).toBeUndefined();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(silent).toEqual([]);
});

test('a writer that is taken for dead says so, and one that has ended answers nobody', async () => {
  const { writer, lost, silent } = world(['no member']);
  writer.write([ask(1)]);
  await vi.advanceTimersByTimeAsync(1);
  expect(lost).toEqual(['no member']);
  writer.end();
  writer.write([ask(2)]);
  expect(silent).toEqual([1, 2]);
});
