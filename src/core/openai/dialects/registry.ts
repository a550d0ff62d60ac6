import { azure } from './azure/service.ts';
import type { Address, Dialect, Routed } from './dialect.ts';
import type { DialectName } from './dialect-name.ts';
import { openai } from './openai/dialect.ts';
import type { Service } from './service.ts';

/** Every service, in the order in which they are asked whether an address is theirs. The last one takes every address. */
const REGISTRY: readonly Service[] = [
  azure,
  { name: 'openai', dialects: [openai], basePath: '/v1', route: ({ path }) => ({ dialect: openai, path }) },
];

const BY_NAME: ReadonlyMap<DialectName, Service> = new Map(REGISTRY.map((service) => [service.name, service]));
const BY_ID: ReadonlyMap<string, Dialect> = new Map(
  REGISTRY.flatMap(({ dialects }) => dialects.map((dialect) => [dialect.id, dialect])),
);

/** Where a request goes. `only`: the one service that is there. */
export function routeOf(address: Address, only: DialectName | undefined): Routed {
  const alone = only && BY_NAME.get(only)?.route(address, true);
  if (alone !== undefined) return alone;
  for (const service of REGISTRY) {
    const routed = service.route(address, false);
    if (routed !== undefined) return routed;
  }
  return { dialect: openai, path: address.path };
}

/** The path of OpenAI for the same operation. */
export function counterpartOf(path: string): string {
  for (const { counterpart } of REGISTRY) {
    const found = counterpart?.(path);
    if (found !== undefined) return found;
  }
  return path;
}

/** What the base URL of a service ends in: that of OpenAI where the address tells which service is asked. */
export function basePathOf(only: DialectName | undefined): string {
  return BY_NAME.get(only ?? 'openai')?.basePath ?? '';
}

/** The dialect with that id; OpenAI's where none has it. */
export function dialectOf(id: string): Dialect {
  return BY_ID.get(id) ?? openai;
}
