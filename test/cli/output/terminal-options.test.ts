import { expect, test } from 'vitest';
import { terminalOptions } from '../../../src/cli/output/terminal-options.ts';

test.each([
  [{ isTTY: true, columns: 100 }, {}, { color: true, width: 100, ascii: false }],
  [{ isTTY: true, columns: 100 }, { NO_COLOR: '1' }, { color: false, width: 100, ascii: false }],
  [{ isTTY: true, columns: 100 }, { NO_COLOR: '' }, { color: true, width: 100, ascii: false }],
  [{}, {}, { color: false, width: 80, ascii: false }],
  [{ isTTY: true, columns: 0 }, {}, { color: true, width: 80, ascii: false }],
])('%j with %j', (stream, variables, expected) => {
  expect(terminalOptions(stream, 80, variables)).toEqual(expected);
});

test.each([
  [{ LANG: 'en_US.UTF-8' }, false],
  [{ LANG: 'C' }, true],
  [{ LANG: 'de_DE.ISO-8859-1' }, true],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, true],
  [{ LC_ALL: '', LC_CTYPE: 'C.utf8', LANG: 'C' }, false],
  [{ LANG: 'en_US.UTF-8', TERM: 'linux' }, true],
  [{ LANG: 'en_US.UTF-8', TERM: 'dumb' }, true],
  [{ LANG: 'en_US.UTF-8', TERM: 'xterm-256color' }, false],
])('where %j, nothing but ASCII: %s', (variables, ascii) => {
  expect(terminalOptions({}, 80, variables)).toMatchObject({ ascii });
});
