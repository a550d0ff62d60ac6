import { pathToFileURL } from 'node:url';

/** Whether a client module says that it takes several targets: by `export const targets = true`, or as a property of its function. */
export async function takesTargets(path: string): Promise<boolean> {
  const exported = (await import(pathToFileURL(path).href)) as Exporting;
  return [exported, exported.default, exported.default?.default].some((part) => part?.targets === true);
}

/** A compiled CommonJS module has its default export one deeper. */
interface Exporting {
  readonly targets?: unknown;
  readonly default?: Exporting;
}
