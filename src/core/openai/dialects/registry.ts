import type { Dialect } from './dialect.ts';
import { openai } from './openai/dialect.ts';

/** Every dialect, in the order in which they are asked whether they serve a path. The last one serves every path. */
const REGISTRY: readonly Dialect[] = [openai];

/** A dialect, and the path as its endpoints know it. */
export interface Routed {
  readonly dialect: Dialect;
  readonly path: string;
}

/** The dialect that serves the path. */
export function dialectOf(path: string): Routed {
  for (const dialect of REGISTRY) {
    const routed = dialect.route(path);
    if (routed !== undefined) return { dialect, path: routed };
  }
  return { dialect: openai, path };
}
