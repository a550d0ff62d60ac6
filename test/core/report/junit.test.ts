import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { renderJunit } from '../../../src/core/report/junit.ts';
import { hostileRun, naiveRun, RUNS, reportInput } from '../../support/runs.ts';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** The document as a strict parser sees it; throws where it is not well formed. */
function parse(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes, children: [], text: '' };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  const [document] = root.children;
  if (document === undefined) throw new Error('there is no element');
  return document;
}

function casesOf({ children: [suite] }: Element): Element[] {
  return suite?.children.filter(({ name }) => name === 'testcase') ?? [];
}

test.each(Object.entries(RUNS))('%s is well-formed XML whose counts are true', (_name, run) => {
  const document = parse(renderJunit(run()));
  const cases = casesOf(document);
  const having = (name: string) => String(cases.filter(({ children }) => children.some((child) => child.name === name)).length);
  const counts = { tests: String(cases.length), failures: having('failure'), skipped: having('skipped'), errors: '0' };
  expect(document.name).toBe('testsuites');
  expect(document.attributes).toMatchObject(counts);
  expect(document.children.map(({ name }) => name)).toEqual(['testsuite']);
  expect(document.children[0]?.attributes).toMatchObject(counts);
});

test('a broken rule is a failed case with its evidence', () => {
  const document = parse(renderJunit(naiveRun()));
  const [failed] = casesOf(document);
  expect(failed?.attributes).toEqual({ name: 'never_early', classname: 'mock-openai.backoff', time: '0.000' });
  expect(failed?.children[0]).toMatchObject({
    name: 'failure',
    attributes: { type: 'fail.critical', message: expect.stringContaining('2 of 3 retries came before') },
    text: expect.stringMatching(/^naive: attempt 1: 429 Retry-After 30 → attempt 2 after 2\.004 s, 27\.996 s early$/m),
  });
  expect(document.children[0]?.attributes).toMatchObject({ time: '7.030', timestamp: '2026-01-01T00:00:00' });
});

test('what nobody can tell is skipped, and a warning passes with its text', () => {
  const kinds = casesOf(parse(renderJunit(hostileRun()))).map(({ children }) => children[0]?.name ?? 'passed');
  expect(kinds).toEqual(['passed', 'system-out', 'system-out', 'failure', 'skipped', 'skipped']);
});

test('a scenario that was not exercised fails', () => {
  const [first] = casesOf(parse(renderJunit(reportInput([]))));
  expect(first).toMatchObject({
    attributes: { name: 'exercised' },
    children: [{ name: 'failure', text: expect.stringContaining('never met') }],
  });
});
