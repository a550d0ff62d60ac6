import { stripVTControlCharacters } from 'node:util';
import { expect, test, vi } from 'vitest';
import { createServeOutput } from '../../src/cli/output/serve-output.ts';
import { reports } from '../../src/report/registry.ts';
import { journalOf } from '../support/exchanges.ts';
import { JOURNAL_RECORD } from '../support/journal-record.ts';
import { reportInput } from '../support/runs.ts';

/** What a client may call its calls: to move the cursor, to forge lines, commands of a workflow, markup. */
const NAMES = [
  '\u001b]52;c;aGVsbG8=\u0007',
  '\u001b[2J\u001b[1;31mFAIL',
  'a\n::error::forged',
  'a\r\n##[error]forged',
  '::stop-commands::x',
  '##[add-mask]secret',
  '</script><script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  ']]><failure message="forged"/>',
  '| a | b |\n|---|---|\n# Forged',
  '\u202egnirts desrever',
  '\u0000\u0085\u009b31m',
];

/** Two attempts that break a rule, under a name: it stands in the findings. */
const inputOf = (name: string) =>
  reportInput(
    journalOf([
      { call: name, at: 0, status: 429, retryAfter: 30 },
      { call: name, at: 2_014, status: 429, retryAfter: 30 },
      { call: name, at: 4_020, status: 200 },
    ]),
  );

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
/** A command of GitHub Actions where a runner looks for it. */
const COMMAND = /^\s*(?:::(?!error |warning |notice |group::|endgroup::)|##\[)/m;

test.each(reports.flatMap((report) => NAMES.map((name) => [report.id, JSON.stringify(name), report, name] as const)))(
  '%s shows the call %s without doing what it says',
  async (id, _shown, { render }, name) => {
    const rendered = await render(inputOf(name));
    const text = typeof rendered === 'string' ? rendered : [...rendered].join('');
    if (id === 'json') expect(JSON.parse(text)).toMatchObject({ verdict: { verdict: 'fail' } });
    else expect(text).not.toMatch(CONTROL);
    if (id === 'terminal' || id === 'annotations' || id === 'markdown') expect(text).not.toMatch(COMMAND);
    if (id === 'html' || id === 'junit') {
      expect(text).not.toContain('<script>alert');
      expect(text).not.toContain('<img src=x');
      expect(text).not.toContain(']]><failure');
    }
    if (id === 'markdown') expect(text).not.toMatch(/^# Forged/m);
  },
);

test.each(NAMES)('serve --verbose shows %j as a name, in one line', (name) => {
  let text = '';
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  createServeOutput({ verbose: true }).request({ ...JOURNAL_RECORD, logicalId: name, model: name, path: name }, {} as never);
  write.mockRestore();
  const plain = stripVTControlCharacters(text);
  expect(plain.trimEnd()).not.toMatch(CONTROL);
  expect(plain.trimEnd()).not.toContain('\n');
  expect(plain).not.toMatch(/::stop-commands|##\[/);
});
