import type { z } from 'zod';
import type { Libraries } from '../libraries.ts';
import { formatPath, limitProblems, MAX_PROBLEMS, type Problem } from '../problem.ts';
import { checkRules, checkScenario, type Finding } from './check.ts';
import { findingsOf } from './issue-message.ts';
import { type PlainDocument, readObject } from './plain-object.ts';
import { type Rule, ruleSchema, type Scenario, scenarioSchema } from './schema.ts';
import { readYaml } from './yaml-document.ts';

/** Where a scenario comes from: text, or data that a program built. */
export type Source = { readonly file: string; readonly text: string } | { readonly file: string; readonly data: unknown };

/** The parsed value, or everything that is wrong with the source. */
export type Parsed<T> =
  | {
      readonly value: T /** The data as written. */;
      readonly raw: unknown;
      readonly problems?: never;
    }
  | { readonly problems: readonly Problem[]; readonly value?: never };

/** Source → scenario. Reports all problems at once, each with its place. */
export function parseScenario(source: Source, libraries: Libraries): Parsed<Scenario> {
  return parse(source, {
    schema: scenarioSchema,
    // A file of comments only is a scenario without rules.
    prepare: (value) => value ?? {},
    check: (value) => checkScenario(value, libraries),
  });
}

/** One rule or a list of rules → rules. */
export function parseRules(source: Source, libraries: Libraries): Parsed<Rule[]> {
  return parse(source, {
    schema: ruleSchema.array().min(1),
    prepare: (value) => (Array.isArray(value) ? value : [value]),
    check: (value) => (Array.isArray(value) ? checkRules(value, libraries, []) : []),
  });
}

interface Steps<T> {
  readonly schema: z.ZodType<T>;
  prepare(value: unknown): unknown;
  check(value: unknown): Finding[];
}

function parse<T>(source: Source, { schema, prepare, check }: Steps<T>): Parsed<T> {
  const read = 'text' in source ? readYaml(source.text, source.file) : readObject(source.data, source.file);
  if ('problems' in read) return { problems: read.problems };
  const value = prepare(read.document.value);
  const result = schema.safeParse(value, { reportInput: false });
  const findings = [...(result.success ? [] : findingsOf(result.error.issues, value)), ...check(value)].map(
    // A single value that was made a list stands at the top of the text.
    (found) => (Array.isArray(value) && !Array.isArray(read.document.value) ? { ...found, path: found.path.slice(1) } : found),
  );
  if (findings.length > 0 || !result.success) return { problems: locate(findings, read.document, source.file) };
  return { value: result.data, raw: value };
}

/** Findings at their places. Only those that will be shown: finding a place takes time in a long file. */
function locate(findings: readonly Finding[], document: PlainDocument, file: string): Problem[] {
  const unique = new Map(findings.map((found) => [`${formatPath(found.path)}\u0000${found.message}`, found]));
  const problems = [...unique.values()].slice(0, MAX_PROBLEMS).map(({ path, part, message }): Problem => {
    const at = document.locate?.(path, part);
    return { file, ...at, path: formatPath(path), message };
  });
  const sorted = problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  return limitProblems(sorted, file, unique.size);
}
