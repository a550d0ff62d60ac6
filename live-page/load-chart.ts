import { cleared, color } from './canvas.ts';
import type { History, Second } from './history.ts';

const SECONDS = 120;
const LEFT_PX = 44;
const LINES = [
  ['attempts', 'retry'],
  ['offered', 'first'],
  ['goodput', 'success'],
] as const;

/** Attempts, first attempts and successes of each second. Seconds in which most of what ended failed by a fault are shaded. */
export function drawLoad(canvas: HTMLCanvasElement, history: History): void {
  const begun = cleared(canvas);
  if (begun === undefined) return;
  const { paint, width, height } = begun;
  const last = Math.floor(history.now() / 1_000) - 1;
  const seconds: Second[] = [];
  for (let number = last - SECONDS + 1; number <= last; number++) seconds.push(history.look(number));
  const most = niceMost(Math.max(5, ...seconds.map(({ attempts }) => attempts)));
  const step = (width - LEFT_PX) / SECONDS;
  const bottom = height - 6;
  const y = (value: number) => bottom - (value / most) * (bottom - 10);
  paint.fillStyle = color('outage');
  for (const [index, { struck, goodput }] of seconds.entries())
    if (struck > goodput) paint.fillRect(LEFT_PX + index * step, 0, step + 0.5, bottom);
  paint.font = '11px system-ui, sans-serif';
  paint.textBaseline = 'middle';
  for (const share of [0, 0.5, 1]) {
    paint.fillStyle = color('line');
    paint.fillRect(LEFT_PX, y(most * share), width, 1);
    paint.fillStyle = color('faint');
    paint.fillText(`${most * share}/s`, 4, y(most * share));
  }
  for (const [name, stroke] of LINES) {
    paint.strokeStyle = color(stroke);
    paint.lineWidth = 2;
    paint.beginPath();
    for (const [index, second] of seconds.entries()) paint.lineTo(LEFT_PX + (index + 0.5) * step, y(second[name]));
    paint.stroke();
  }
}

/** 10, 20, 50, 100 … */
function niceMost(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= value) ?? value;
}
