import { openSync, readSync, writeFileSync } from 'node:fs';
import { Server } from 'node:http';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';

/*
 * To be imported into a process (`--import`): notes the processor time that its main thread takes for each turn of the event
 * loop, in which nothing else is served, and the requests that were being read or answered in the longest. Time on the clock would
 * say as much of the machine. `collectedMs` is the part of it in which garbage was collected: no request can bound that. Linux
 * only. When the process ends, the longest are written to the folder LOOP_STEPS_DIR, a file a process. The first seconds, in
 * which modules are loaded and compiled, are left out.
 */

const KEPT = 50;
const FROM_MS = 5_000;
/** Requests that are named beside a step. */
const NAMED = 6;

const stat = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
const bytes = Buffer.alloc(100);

/** Processor time of this thread, in milliseconds. */
function cpuMs() {
  const length = readSync(stat, bytes, 0, bytes.length, 0);
  return Number(bytes.latin1Slice(0, Math.min(length, bytes.indexOf(0x20)))) / 1e6;
}

let longest = [];
/** Collections that were told of lately. They are told after the step in which they were, or in it. */
let collections = [];
new PerformanceObserver((list) => {
  for (const collection of list.getEntries()) {
    for (const step of longest) if (isIn(step, collection)) step.collectedMs += collection.duration;
    collections.push(collection);
  }
  collections = collections.slice(-20);
}).observe({ entryTypes: ['gc'] });

function isIn({ fromMs, toMs }, { startTime }) {
  return startTime >= fromMs && startTime < toMs;
}

let fromMs = 0;
let before = Number.POSITIVE_INFINITY;
const under = new Set();
let left = [];

const emit = Server.prototype.emit;
Server.prototype.emit = function emitNoted(event, ...given) {
  if (event === 'request') {
    const [{ method, url, headers, socket }, response] = given;
    const named = `${method} ${url.slice(0, 120)} ${headers['content-length'] ?? '-'} B ${headers['x-mock-fault']?.slice(0, 40) ?? ''} ${headers['content-encoding'] ?? ''} ${headers['accept-encoding'] ?? ''}`;
    const note = { named: named.trim(), socket };
    under.add(note);
    response.once('close', () => {
      under.delete(note);
      left.push(note);
    });
  }
  return emit.call(this, event, ...given);
};

function noteStep() {
  const now = cpuMs();
  const ms = now - before;
  if (ms > (longest.length < KEPT ? 1 : longest.at(-1).ms)) {
    // What waits behind a request whose connection was cut is told of no end.
    for (const note of under) if (note.socket.destroyed) under.delete(note);
    // Those that have been under way for the longest are first: the others came in their pauses.
    const requests = [...under, ...left].slice(0, NAMED).map(({ named }) => named);
    const step = { ms, collectedMs: 0, fromMs, toMs: performance.now(), requests };
    for (const collection of collections) if (isIn(step, collection)) step.collectedMs += collection.duration;
    longest = [...longest, step].sort((one, other) => other.ms - one.ms).slice(0, KEPT);
  }
  left = [];
  fromMs = performance.now();
  before = cpuMs();
  setImmediate(noteStep).unref();
}

setTimeout(() => {
  before = cpuMs();
  setImmediate(noteStep).unref();
}, FROM_MS).unref();

const folder = process.env['LOOP_STEPS_DIR'];
process.once('exit', () => {
  if (folder !== undefined) writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(longest));
});
