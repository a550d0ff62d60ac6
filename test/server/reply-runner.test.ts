import { expect, test } from 'vitest';
import type { Effect } from '../../src/core/wire/effect.ts';
import type { Performed } from '../../src/exchange/performed.ts';
import { type ReplyTarget, runReply } from '../../src/server/reply-runner.ts';
import type { Wakeable } from '../../src/server/timing/timer-wheel.ts';
import type { Exchange } from '../../src/session/exchange.ts';

/** A transport that notes what it is asked to do. `takesAtOnce`: the kernel takes each response at once. */
function fakeTarget(takesAtOnce = true) {
  const log: string[] = [];
  const now = 0;
  let wakeable: Wakeable | undefined;
  let followed: (() => void) | undefined;
  let finish: (() => void) | undefined;
  const amount = { bytesOut: 0, chunksOut: 0, eventsOut: 0 };
  const writer: ReplyTarget['writer'] = {
    backlog: 0,
    lastByteAt: null,
    taken: amount,
    written: amount,
    isWhole: false,
    hasHead: true,
    closes: false,
    isDestroyed: false,
    isFinished: false,
    onError: () => undefined,
    head: ({ status }) => log.push(`head ${status}`),
    write: ({ data }) => log.push(`write ${String(data)}`),
    flush: () => log.push('flush'),
    end() {
      log.push('end');
      return takesAtOnce;
    },
    completed: () => log.push('completed'),
    takeHead: () => new TextEncoder().encode('abcdef'),
    send: (bytes) => log.push(`send ${new TextDecoder().decode(bytes)}`),
    whenDrained: () => undefined,
    whenFinished(callback) {
      finish = callback;
      return () => log.push('finish not awaited');
    },
    whenTaken: (callback) => queueMicrotask(callback),
    unacknowledged: () => Promise.resolve(0),
  };
  const connection: ReplyTarget['connection'] = {
    endedHow: undefined,
    isCut: false,
    isDestroyed: false,
    clientEnded: true,
    follow: (closed) => (followed = closed),
    unfollow: () => (followed = undefined),
    presetNext: () => log.push('preset'),
    end(how) {
      log.push(`connection ${how}`);
      this.endedHow = how;
    },
  };
  const target: ReplyTarget = {
    writer,
    connection,
    batch: { defer: (task) => task() },
    alarms: {
      set(time, waiting) {
        log.push(`alarm ${time}`);
        wakeable = waiting;
        return { cancel: () => log.push('alarm cancelled') };
      },
    },
    clock: { now: () => now, wall: () => 0 },
  };
  return {
    target,
    log,
    ring: () => wakeable?.awaken(),
    finish: () => finish?.(),
    leave: () => followed?.(),
    isFollowed: () => followed !== undefined,
  };
}

function exchangeOf(effects: readonly Effect[]): Exchange {
  return { takeReply: () => effects, applied: null, waits: () => undefined } as unknown as Exchange;
}

const HEAD: Effect = { type: 'head', status: 200, headers: [] };
const BODY: Effect = { type: 'write', data: 'x' };

test('effects are carried out in their order, and the end is told once', () => {
  const { target, log, isFollowed } = fakeTarget();
  const told: Performed[] = [];
  runReply(exchangeOf([HEAD, BODY, { type: 'end' }]), target, (performed) => told.push(performed));
  expect(log).toEqual(['head 200', 'write x', 'end', 'completed']);
  expect(told).toMatchObject([{ closedBy: null, closedHow: null }]);
  expect(isFollowed()).toBe(false);
});

test('a wait sends what was written before it, and goes on when its time has come', () => {
  const { target, log, ring } = fakeTarget();
  let isOver = false;
  runReply(exchangeOf([HEAD, { type: 'wait', ms: 40 }, BODY, { type: 'end' }]), target, () => (isOver = true));
  expect(log).toEqual(['head 200', 'flush', 'alarm 40']);
  expect(isOver).toBe(false);
  ring();
  expect(log.slice(3)).toEqual(['write x', 'end', 'completed']);
  expect(isOver).toBe(true);
});

test('a client that leaves during a wait ends the reply: nothing more is written', () => {
  const { target, log, leave } = fakeTarget();
  const told: Performed[] = [];
  runReply(exchangeOf([HEAD, { type: 'wait', ms: 40 }, BODY]), target, (performed) => told.push(performed));
  leave();
  expect(told).toMatchObject([{ closedBy: 'client', closedHow: 'fin' }]);
  expect(log).toContain('alarm cancelled');
  expect(log).not.toContain('write x');
});

test('a response that the kernel has not taken is complete only when it has', () => {
  const { target, log, finish } = fakeTarget(false);
  let isOver = false;
  runReply(exchangeOf([HEAD, BODY, { type: 'end' }]), target, () => (isOver = true));
  expect([log.at(-1), isOver]).toEqual(['end', false]);
  finish();
  expect([log.at(-1), isOver]).toEqual(['completed', true]);
});

test('a close ends the connection once the kernel has taken what was written', async () => {
  const { target, log } = fakeTarget();
  const performed = await new Promise<Performed>((resolve) => {
    runReply(exchangeOf([HEAD, BODY, { type: 'close' }]), target, resolve);
  });
  expect(log.slice(-2)).toEqual(['flush', 'connection fin']);
  expect(performed).toMatchObject({ closedBy: 'server', closedHow: 'fin' });
});

test('a failure in a reply is told, and the reply is over', () => {
  const { target } = fakeTarget();
  const failures: unknown[] = [];
  const failing: Iterable<Effect> = {
    *[Symbol.iterator]() {
      yield HEAD;
      throw new Error('a bug');
    },
  };
  const exchange = { takeReply: () => failing, applied: null, waits: () => undefined } as unknown as Exchange;
  runReply(exchange, target, (_performed, failure) => failures.push(failure));
  expect(failures).toEqual([new Error('a bug')]);
});
