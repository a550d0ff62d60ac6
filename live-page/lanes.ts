import { cleared, color } from './canvas.ts';
import type { Attempt, Call, History } from './history.ts';

const SPAN_MS = 30_000;
const LANES = 20;
const LABEL_PX = 110;
const RADIUS = 4;

/** The calls that say most: those that were tried again, and then the newest; in the order in which they began. */
export function shownCalls({ calls, now }: { readonly calls: ReadonlyMap<string, Call>; readonly now: number }): Call[] {
  const recent: Call[] = [];
  for (const call of [...calls.values()].reverse()) {
    if (recent.length >= 400) break;
    if (lastAt(call) > now - SPAN_MS) recent.push(call);
  }
  const telling = recent.filter(({ attempts }) => attempts.size > 1).slice(0, LANES);
  const others = recent.filter(({ attempts }) => attempts.size === 1).slice(0, LANES - telling.length);
  return [...telling, ...others].sort((a, b) => firstAt(a) - firstAt(b));
}

const firstAt = (call: Call) => call.attempts.values().next().value?.at ?? 0;

function lastAt(call: Call): number {
  let last = 0;
  for (const { at, end } of call.attempts.values()) last = Math.max(last, end ?? Number.POSITIVE_INFINITY, at);
  return last;
}

/** A lane for each call: attempts as dots, the wait that was asked for as a bar behind them. */
export function drawLanes(canvas: HTMLCanvasElement, shown: readonly Call[], history: History): void {
  const begun = cleared(canvas);
  if (begun === undefined) return;
  const { paint, width, height } = begun;
  const now = history.now();
  const label = Math.min(LABEL_PX, width / 4);
  const x = (at: number) => label + ((at - (now - SPAN_MS)) / SPAN_MS) * (width - label - RADIUS);
  paint.font = '11px system-ui, sans-serif';
  paint.textBaseline = 'middle';
  drawScale(paint, { x, now, height });
  const pitch = (height - 18) / LANES;
  for (const [index, call] of shown.entries()) {
    const y = 18 + (index + 0.5) * pitch;
    const attempts = [...call.attempts.values()];
    for (const attempt of attempts) drawWait(paint, attempt, { x, y, from: label });
    for (const attempt of attempts) drawAttempt(paint, attempt, { x, y, now, from: label });
    paint.clearRect(0, y - pitch / 2, label, pitch);
    paint.fillStyle = color('ink');
    paint.fillText(shortened(call.id, label < LABEL_PX ? 12 : 18), 6, y);
  }
}

function drawScale(
  paint: CanvasRenderingContext2D,
  { x, now, height }: { x(at: number): number; now: number; height: number },
): void {
  for (let ago = 25; ago >= 0; ago -= 5) {
    const at = x(now - ago * 1_000);
    paint.fillStyle = color('line');
    paint.fillRect(at, 14, 1, height);
    paint.fillStyle = color('faint');
    paint.fillText(ago === 0 ? '' : `−${ago} s`, at - 12, 8);
  }
}

interface Place {
  x(at: number): number;
  readonly y: number;
  /** Nothing is drawn left of it. */
  readonly from: number;
}

function drawWait(paint: CanvasRenderingContext2D, { end, dueAt }: Attempt, { x, y, from }: Place): void {
  if (dueAt == null || end === undefined) return;
  const left = Math.max(from, x(end));
  if (x(dueAt) <= left) return;
  paint.fillStyle = color('wait');
  paint.fillRect(left, y - 3, x(dueAt) - left, 6);
}

function drawAttempt(
  paint: CanvasRenderingContext2D,
  attempt: Attempt,
  { x, y, now, from }: Place & { readonly now: number },
): void {
  const { at, end, failed, early } = attempt;
  const until = end ?? now;
  if (x(until) < from) return;
  const kind = end === undefined ? 'faint' : early ? 'early' : failed === true ? 'failure' : 'success';
  paint.strokeStyle = color(kind);
  paint.fillStyle = color(kind);
  paint.lineWidth = 2;
  const start = Math.max(from, x(at));
  if (x(until) - start > 2) paint.fillRect(start, y - 1, x(until) - start, 2);
  paint.beginPath();
  paint.arc(start, y, RADIUS, 0, 7);
  if (end === undefined) paint.stroke();
  else paint.fill();
}

/** `429 → 0.50 s → 200`. */
export function inWords({ attempts }: Call): string {
  let last: Attempt | undefined;
  let text = '';
  for (const attempt of attempts.values()) {
    const { at, end, status, early } = attempt;
    const told = end === undefined ? 'under way' : String(status ?? 'no answer');
    const gap =
      last === undefined ? '' : ` → ${((at - (last.end ?? last.at)) / 1_000).toFixed(2)} s${early ? ' (early)' : ''} → `;
    text += gap + told;
    last = attempt;
  }
  return text;
}

function shortened(text: string, most: number): string {
  const chars = [...text];
  return chars.length <= most ? chars.join('') : `${chars.slice(0, most - 1).join('')}…`;
}
