import { z } from 'zod';
import { shortened } from '../text/shortened.ts';
import type { Leaves } from './leaves.ts';

/** Whether clients must bear what an edit makes of an answer. */
export const legalParam = {
  legal: z.boolean().default(false).describe('clients must bear it: the answer is healthy, and no failure'),
};

/** What an edit leaves: an answer that is healthy, or one that is spoilt. */
export function leftByEdit({ legal }: { readonly legal: boolean }): Leaves {
  return legal ? 'complete' : 'damaged';
}

const LONGEST = 80;

/** A value as JSON, cut where it is long. */
export function inJson(value: unknown): string {
  return shortened(JSON.stringify(value), LONGEST);
}
