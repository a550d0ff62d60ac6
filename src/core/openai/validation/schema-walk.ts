import { asRecord } from '../request/request.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Where a schema stands in another. */
interface SchemaPlace {
  /** The steps from the root. They change when the walk goes on. */
  readonly way: readonly string[];
  /** Objects and arrays around it. */
  readonly level: number;
}

/** Looks at one schema; what it finds ends the walk. */
type Look = (schema: Schema, place: SchemaPlace) => string | undefined;

const CHILDREN = ['properties', '$defs', 'definitions', 'anyOf', 'oneOf', 'allOf', 'prefixItems'];
/** Keywords whose schemas are those of values inside of the value. */
const DEEPER = new Set(['properties', 'items', 'prefixItems']);

/** Looks at a schema and at those inside of it, each before its own. It is not nested too deep to be walked. */
export class SchemaWalk {
  readonly #look: Look;
  readonly #way: string[] = [];

  constructor(look: Look) {
    this.#look = look;
  }

  find(schema: Schema, level = 0): string | undefined {
    const found = this.#look(schema, { way: this.#way, level });
    if (found !== undefined) return found;
    for (const keyword of CHILDREN) {
      const inside = schema[keyword];
      if (typeof inside !== 'object' || inside === null) continue;
      this.#way.push(keyword);
      for (const name of Object.keys(inside)) {
        const problem = this.#step((inside as Schema)[name], name, DEEPER.has(keyword) ? level + 1 : level);
        if (problem !== undefined) return problem;
      }
      this.#way.pop();
    }
    return this.#step(schema['items'], 'items', level + 1);
  }

  #step(child: unknown, name: string, level: number): string | undefined {
    const schema = asRecord(child);
    if (schema === undefined) return undefined;
    this.#way.push(name);
    const found = this.find(schema, level);
    this.#way.pop();
    return found;
  }
}
