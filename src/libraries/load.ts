import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { once } from '../core/memo/once.ts';

const require = createRequire(import.meta.url);

/**
 * Returns a function that loads a package when first called, synchronously, and remembers it. The caller names the type
 * of the module.
 */
export function lazily<Module>(specifier: string): () => Module {
  return once(() => require(fileURLToPath(import.meta.resolve(specifier))) as Module);
}
