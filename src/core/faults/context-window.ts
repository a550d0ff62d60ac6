import type { AnswerSettings } from '../openai/answer-settings.ts';

/** Windows in tokens of the families whose errors tell the number, by how their ids begin; the first that fits (wire.md 4). */
const FAMILIES: readonly (readonly [start: string, window: number])[] = [
  ['gpt-3.5-turbo', 16_385],
  ['gpt-4-turbo', 128_000],
  ['gpt-4.1', 1_047_576],
  ['gpt-4o', 128_000],
  ['gpt-4', 8_192],
  ['o1', 200_000],
  ['o3', 200_000],
  ['o4', 200_000],
];

const USUAL_WINDOW = 128_000;

/** The context window that an error tells: what the scenario declares, else what is known of the family. */
export function contextWindow(model: string, { models }: AnswerSettings): number {
  const declared = typeof models === 'string' ? undefined : models.find(({ id }) => id === model)?.contextWindow;
  return declared ?? FAMILIES.find(([start]) => model.startsWith(start))?.[1] ?? USUAL_WINDOW;
}
