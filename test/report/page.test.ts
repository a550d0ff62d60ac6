import { expect, test } from 'vitest';
import { renderHtml } from '../../src/report/html/page.ts';
import { fleetRun } from '../support/load/fleet-run.ts';
import { HOSTILE, hostileRun, hotRun, naiveRun, RUNS } from '../support/runs.ts';

test.each(Object.entries(RUNS))('%s: the page asks for nothing and runs nothing', async (_name, run) => {
  const page = await renderHtml(run());
  expect(page.includes('<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;;')).toBe(true);
  expect(page.match(/<script|<link|<img|<iframe|<use|@import|url\(| src=| on[a-z]+="|javascript:/i)).toBeNull();
  expect(page.match(/[^\P{Cc}\n]/u)).toBeNull();
});

test('of a fleet under load the picture that convinces comes before everything else', async () => {
  const page = await renderHtml(fleetRun());
  const places = ['id="load"', 'id="fleet"', 'id="findings"', 'id="calls"', 'id="rules"'].map((text) => page.indexOf(text));
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test('a finding shows three chains at most, and equal attempts once', async () => {
  const page = await renderHtml(fleetRun());
  const [, ...articles] = page.split('<article');
  for (const article of articles)
    expect((article.split('</article>')[0] ?? '').match(/<li>/g)?.length ?? 0).toBeLessThanOrEqual(4);
  expect(page).toMatch(/20 × 503[^<]*, each after 0\.(098|10) s/);
  expect(page).not.toMatch(/(503 [^<]*→ 0\.\d+ s → ){4}/);
});

test('rules that did not apply are folded away', async () => {
  const page = await renderHtml(naiveRun());
  expect(page).toMatch(/<summary>\d+ rules did not apply<\/summary>/);
});

test('every picture has a name, a description and a table', async () => {
  const page = await renderHtml(naiveRun());
  expect(page.match(/<svg role="img" aria-labelledby="[a-z]+-name [a-z]+-text"/g)).toHaveLength(4);
  expect(page.match(/<title id=/g)).toHaveLength(4);
  expect(page.match(/ as a table \(/g)).toHaveLength(4);
});

test('hostile texts are shown, and change nothing', async () => {
  const page = await renderHtml(hostileRun());
  expect(page.includes(HOSTILE)).toBe(false);
  expect(page.includes('&lt;script&gt;alert(1)&lt;/script&gt;')).toBe(true);
  expect(page.match(/<\/title>/g)).toHaveLength(5);
});

test('ten thousand attempts make a page that people can open', async () => {
  const page = await renderHtml(hotRun());
  expect(page.length).toBeLessThan(1_000_000);
  expect(page.includes('461 less telling calls left out')).toBe(true);
});
