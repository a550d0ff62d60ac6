import { expect, test } from 'vitest';
import { cutShort } from '../../../../src/core/backoff/history/cut-short.ts';
import { renderAnnotations } from '../../../../src/core/report/annotations.ts';
import { renderJson } from '../../../../src/core/report/json.ts';
import { renderJunit } from '../../../../src/core/report/junit.ts';
import { renderMarkdown } from '../../../../src/core/report/markdown.ts';
import { renderTerminal } from '../../../../src/core/report/terminal.ts';
import { renderHtml } from '../../../../src/report/html/page.ts';
import { naiveRun, outageRun } from '../../../support/runs.ts';

const WHY = 'interrupted by SIGTERM';

test('what passes so far is inconclusive when the run is cut short', () => {
  const { verdict } = outageRun();
  expect(verdict.verdict).toBe('pass');
  expect(cutShort(verdict, WHY)).toEqual({
    ...verdict,
    verdict: 'inconclusive',
    explain: `${WHY}; so far ${verdict.explain}`,
    cutShort: WHY,
  });
});

test('what fails so far fails', () => {
  const { verdict } = naiveRun();
  expect(cutShort(verdict, WHY)).toEqual({ ...verdict, explain: `${verdict.explain}; ${WHY}`, cutShort: WHY });
});

test('every report says so, and none that the client passes', async () => {
  const run = outageRun();
  const input = { ...run, verdict: cutShort(run.verdict, WHY) };
  const heads = [renderMarkdown(input).split('\n')[0], renderTerminal(input).split('\n')[0], renderAnnotations(input)];
  for (const head of heads) expect(head).toContain(WHY);
  for (const head of heads) expect(head).not.toMatch(/PASS|✅/);
  expect(renderJunit(input)).toContain('<testcase name="complete"');
  expect(renderJunit(input)).toMatch(/<testsuites [^>]*failures="1"/);
  expect(JSON.parse(renderJson(input)).verdict).toMatchObject({ verdict: 'inconclusive', cutShort: WHY });
  expect(await renderHtml(input)).toContain(`<title>INCONCLUSIVE: ${WHY}`);
});
