import { readFileSync } from 'node:fs';
import { bundledPath, bundledScenarios } from '../engine/load-scenario.ts';
import { exitCode } from './exit-code.ts';
import { table } from './table.ts';

/** Prints the bundled scenarios, each with what its first comment says it proves. */
export function listScenarios({ json = false }: { json?: boolean }): number {
  const rows = bundledScenarios().map((name) => ({
    name,
    proves: firstComment(readFileSync(bundledPath(name), 'utf8')),
  }));
  process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : table(rows.map(({ name, proves }) => [name, proves])));
  return exitCode.pass;
}

/** The first comment that is not an instruction to an editor; it may run over several lines. */
function firstComment(text: string): string {
  const lines = text.split('\n').filter((line) => !line.startsWith('# yaml-language-server:'));
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end < 0 ? lines.length : end)
    .map((line) => line.replace(/^#\s*/, ''))
    .join(' ')
    .trim();
}
