import { z } from 'zod';
import { faults } from '../core/faults/registry.ts';
import { exitCode } from './exit-code.ts';
import { table } from './table.ts';

/** Prints the catalogue of faults. */
export function listFaults({ json = false }: { json?: boolean }): number {
  if (json) {
    const rows = faults.map(({ params, apply: _function, ...fault }) => ({
      ...fault,
      parameters: z.toJSONSchema(params, {
        io: 'input',
        unrepresentable: 'any',
      }),
    }));
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  } else {
    const rows = faults.map(({ name, status, kind, summary }) => [name, status === undefined ? kind : String(status), summary]);
    process.stdout.write(table(rows));
  }
  return exitCode.pass;
}
