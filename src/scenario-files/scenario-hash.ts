import { createHash } from 'node:crypto';
import type { Source } from '../core/scenario/parse.ts';

/** What tells one scenario, with its seed, from another. */
export function scenarioHash({
  source,
  seed,
}: {
  readonly source: Source | undefined;
  readonly seed: number | undefined;
}): string {
  const said = source === undefined ? null : 'text' in source ? source.text : source.data;
  return createHash('sha256')
    .update(JSON.stringify([said, seed ?? null]))
    .digest('hex');
}
