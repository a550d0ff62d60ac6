import { expect, onTestFinished, test, vi } from 'vitest';
import { printVerdict } from '../../../src/cli/output/print-verdict.ts';
import { naiveRun } from '../../support/runs.ts';

test('a terminal that says that it has no columns is one of the usual width', () => {
  const columns = Object.getOwnPropertyDescriptor(process.stderr, 'columns');
  Object.defineProperty(process.stderr, 'columns', { value: 0, configurable: true });
  let text = '';
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  onTestFinished(() => {
    write.mockRestore();
    if (columns === undefined) Reflect.deleteProperty(process.stderr, 'columns');
    else Object.defineProperty(process.stderr, 'columns', columns);
  });
  printVerdict(naiveRun(), []);
  write.mockRestore();
  expect(Math.max(...text.split('\n').map(({ length }) => length))).toBeGreaterThan(60);
});
