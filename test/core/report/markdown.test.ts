import { expect, test } from 'vitest';
import { renderAnnotations } from '../../../src/core/report/annotations.ts';
import { renderMarkdown } from '../../../src/core/report/markdown.ts';
import { hostileRun, naiveRun, RUNS, reportInput } from '../../support/runs.ts';

test('the summary has the findings, their evidence and the numbers', () => {
  const text = renderMarkdown(naiveRun());
  expect(text).toMatch(/^## ❌ FAIL: the client breaks 1 rule: never_early\n/);
  expect(text).toContain('| ❌ fail | <code>never_early</code> | critical | 2 of 3 retries came before');
  expect(text).toContain('- <code>naive</code>: attempt 1: 429 Retry-After 30 → attempt 2 after 2.004 s, 27.996 s early\n');
  expect(text).toContain('| amplification | ×2.5 |');
});

test.each(Object.entries(RUNS))('%s: every row of a table has the cells of its head', (_name, run) => {
  const rows = renderMarkdown(run())
    .split('\n')
    .filter((line) => line.startsWith('|'));
  let head = 0;
  for (const [index, row] of rows.entries()) {
    const cells = row.split(/(?<!\\)\|/).length;
    if (rows[index + 1]?.startsWith('| ---')) head = cells;
    expect(cells).toBe(head);
  }
});

test('hostile texts stay texts', () => {
  const text = renderMarkdown(hostileRun());
  expect(text).not.toMatch(/<script|<\/title/);
  // The destination of a link is no text.
  expect(text.replace(/\(<[^>]*>\)/g, '')).not.toMatch(/@team|`|\*\*red|\]\]/);
  expect(text).not.toMatch(/^::/m);
  expect(text).not.toContain('javascript:');
});

test('annotations are workflow commands of one line each', () => {
  expect(renderAnnotations(naiveRun())).toMatch(
    /^::error title=never_early \(critical\)::2 of 3 retries came .*%0Aattempt 1: 429 Retry-After 30 → .*%0AAdvice: .*\n$/,
  );
  const lines = renderAnnotations(hostileRun()).trimEnd().split('\n');
  expect(lines.map((line) => line.slice(0, line.indexOf(' ')))).toEqual(['::error', '::warning']);
  expect(lines.join('')).toContain('%250A');
});

test('a run that exercised nothing is an error of its own', () => {
  expect(renderAnnotations(reportInput([]))).toBe('::error title=mock-openai::not exercised: no request reached the mock\n');
});
