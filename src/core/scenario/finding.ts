/** A mistake that the shape of the file does not show. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly part: 'key' | 'value';
  readonly message: string;
}

export type Path = readonly PropertyKey[];

export function finding(path: Path, message: string, part: 'key' | 'value' = 'value'): Finding {
  return { path, part, message };
}
