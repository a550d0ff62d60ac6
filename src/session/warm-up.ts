import type { Engine } from './engine.ts';
import { playThrough } from './play-through.ts';

/** What loads the things that the first requests need, in pieces: while one is at work, requests wait. */
export function warmUpSteps({ scenario, libraries }: Pick<Engine, 'scenario' | 'libraries'>): readonly (() => void)[] {
  return [() => void playThrough(scenario, 2, libraries), () => void libraries.checkSchema({})];
}
