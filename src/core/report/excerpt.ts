import { asRecord } from '../openai/request/request.ts';
import type { Problem } from '../problem.ts';
import { readYaml } from '../scenario/yaml-document.ts';
import { printable } from '../text/printable.ts';

/** Longest part of a line that is shown, in characters: as much as fits beside a log's own prefix. */
const MAX_WIDTH = 100;
/** What is shown before the place of the problem, where a line is longer. */
const BEFORE = 60;
const KEY = /\bsk-[\w-]{12,}/g;

/**
 * The place of each problem in the text: its line, and below it a caret under its column; undefined where it has no
 * place in this text. API keys are starred.
 */
export function excerptsOf(text: string, problems: readonly Problem[]): (string | undefined)[] {
  const lines = text.split(/\r?\n/);
  const secrets = problems.length === 0 ? [] : secretsIn(text);
  return problems.map(({ line, column }) => {
    const written = line === undefined ? undefined : lines[line - 1];
    if (written === undefined || column === undefined || column > written.length + 1) return undefined;
    return excerpt(withoutSecrets(written, secrets), column);
  });
}

function excerpt(line: string, column: number): string {
  const start = line.length <= MAX_WIDTH ? 0 : Math.max(0, Math.min(column - 1 - BEFORE, line.length - MAX_WIDTH));
  const [before, after] = [start > 0 ? '…' : '', start + MAX_WIDTH < line.length ? '…' : ''];
  const shown = line.slice(start, start + MAX_WIDTH).replace(/./gsu, (char) => (printable(char) === char ? char : ' '));
  return `  ${before}${shown.trimEnd()}${after}\n  ${' '.repeat(before.length + column - 1 - start)}^`;
}

/** Every text below `auth`: where that is written in a way that is wrong, too, it may hold keys. */
function secretsIn(text: string): string[] {
  const read = readYaml(text, '');
  const texts = 'document' in read ? textsIn(asRecord(read.document.value)?.['auth']) : [];
  // The longer of two that overlap is starred whole.
  return texts.filter((secret) => secret !== 'keys' && secret.length > 0).sort((a, b) => b.length - a.length);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => [
    ...(Array.isArray(value) ? [] : [key]),
    ...textsIn(item),
  ]);
}

/** The line with a star for each character of a secret: columns stay where they are. */
function withoutSecrets(line: string, secrets: readonly string[]): string {
  const starred = secrets.reduce((shown, secret) => {
    const parts = shown.split(secret);
    return parts.reduce((before, after) => {
      // Not the 1 of a 10.
      const isWhole = !/[\w-]$/.test(before) && !/^[\w-]/.test(after);
      return `${before}${isWhole ? '*'.repeat(secret.length) : secret}${after}`;
    });
  }, line);
  return starred.replace(KEY, (key) => '*'.repeat(key.length));
}
