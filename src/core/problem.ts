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

/** `flaky.yaml:12:9 unknown fault "latncy". Did you mean "latency"?` */
export function formatProblem({ file, line, column, path, message }: Problem): string {
  if (line !== undefined && column !== undefined) return `${file}:${line}:${column} ${message}`;
  return path === '' ? `${file}: ${message}` : `${file}: ${path}: ${message}`;
}

/** Problems shown at most: more help nobody. */
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

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
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
