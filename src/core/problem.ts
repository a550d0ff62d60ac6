/** One mistake of the user: where it is, what was found, what would be right. */
export interface Problem {
  /** File name, or what stands for it ("x-mock-fault header"). */
  readonly file: string;
  /** 1-based; absent when the scenario was given as an object. */
  readonly line?: number;
  readonly column?: number;
  /** Place in the document: `rules[0].fault`; empty for the document itself. */
  readonly path: string;
  readonly message: string;
}

/** Messages that name what stands at the place: with its path before it, it would be named twice. */
const NAMES_THE_PLACE = /^(?:unknown (?!value )|key "|invalid YAML)/;

/**
 * `flaky.yaml:8:36 latency.inter_token: expected a duration such as 250ms, 2s or 1m30s, found 300`, or where the message
 * names its place: `flaky.yaml:12:9 unknown fault "latncy". Did you mean "latency"?`
 */
export function formatProblem({ file, line, column, path, message }: Problem): string {
  if (line === undefined || column === undefined) return path === '' ? `${file}: ${message}` : `${file}: ${path}: ${message}`;
  const key = path === '' || NAMES_THE_PLACE.test(message) ? '' : `${path}: `;
  return `${file}:${line}:${column} ${key}${message}`;
}

/** Problems shown at most: more do not help. */
export const MAX_PROBLEMS = 1_000;

/** The first problems, and how many more there are. */
export function limitProblems(problems: readonly Problem[], file: string): Problem[] {
  const shown = problems.slice(0, MAX_PROBLEMS);
  const rest = problems.length - shown.length;
  return rest > 0 ? [...shown, { file, path: '', message: `and ${rest} more problems` }] : shown;
}

/** Thrown when a scenario, a rule or a header is wrong. Carries every problem at once. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly problems: readonly Problem[];
  readonly #text: string | undefined;

  constructor(problems: readonly Problem[], text?: string) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
    this.#text = text;
  }

  /** The text that the problems have their lines in; undefined where none was read. */
  get text(): string | undefined {
    return this.#text;
  }
}

/** The path of a value as people write it: `rules[0].match.model`. */
export function formatPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text;
}
