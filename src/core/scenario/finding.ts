/** A mistake that the shape of the file does not show. */
export interface ScenarioFinding {
  readonly path: readonly PropertyKey[];
  readonly part: 'key' | 'value';
  readonly message: string;
  /** Something that should stand there does not: where the syntax breaks behind it, it may have been meant to. */
  readonly lacking?: true;
}

export type Path = readonly PropertyKey[];

export function scenarioFinding(path: Path, message: string, part: 'key' | 'value' = 'value'): ScenarioFinding {
  return { path, part, message };
}
