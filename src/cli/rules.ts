import { backoffRules } from '../core/backoff/registry.ts';
import { exitCode } from './exit-code.ts';
import { table } from './table.ts';

/** Prints the catalogue of the rules of good retrying. */
export function listRules({ json = false }: { json?: boolean }): number {
  const rules = backoffRules.map(({ check: _function, ...rule }) => rule);
  process.stdout.write(
    json ? `${JSON.stringify(rules, null, 2)}\n` : table(rules.map(({ id, severity, summary }) => [id, severity, summary])),
  );
  return exitCode.pass;
}
