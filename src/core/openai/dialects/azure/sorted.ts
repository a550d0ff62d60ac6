/** What Azure puts before an answer by itself, in an order of its own. */
const AS_IT_IS = 'prompt_filter_results';

/** The value with the keys of all its objects in alphabetical order, but for the findings in the prompt (wire-responses.md 8.4). */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, key === AS_IT_IS ? inner : sorted(inner)]));
}
