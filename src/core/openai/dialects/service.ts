import type { Address, Dialect, Routed } from './dialect.ts';
import type { DialectName } from './dialect-name.ts';

/** A service, with the ways to speak that it has. */
export interface Service {
  readonly name: DialectName;
  readonly dialects: readonly Dialect[];
  /** What base URLs end in. */
  readonly basePath: string;
  /**
   * Where a request goes; undefined where the address is of another service. `isAlone`: no other service is there, so that
   * every address is of this one.
   */
  route(address: Address, isAlone: boolean): Routed | undefined;
  /** The path of OpenAI for the same operation; undefined where the path is not of this service. Without it, paths are those of OpenAI. */
  counterpart?(path: string): string | undefined;
}
