/**
 * What one request may cost, whatever it asks for: within these bounds no step of an answer takes more than 50 ms of a processor.
 * `test/costs/` holds them to that, and docs/limits.md lists them.
 */
export const REQUEST_BOUNDS = {
  /** Members, objects and lists in a body. What has more is refused as too large. */
  members: 40_000,
  /** All values in a body. What has more is refused as too large. */
  values: 500_000,
  /** Texts of one completion: prompts × `n`. */
  texts: 2_048,
  /** Values that a schema may ask for, at its least. A larger one is answered with `{}`. */
  sampledValues: 2_000,
  /** What the samples of one answer may cost together: characters, and so many more for each. Then earlier ones are said again. */
  sampling: { characters: 24_000, each: 600 },
} as const;
