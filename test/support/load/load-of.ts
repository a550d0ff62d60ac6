import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonLoad, reportSchema } from '../../../src/core/report/json-schema.ts';

/** What the report in a folder says of a load. */
export function loadOf(folder: string): JsonLoad {
  const { load } = reportSchema.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));
  if (load === undefined) throw new Error('the report has no load');
  return load;
}
