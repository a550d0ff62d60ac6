import type { ErrorAnswer } from '../errors/error.ts';
import type { Fields } from '../request/request.ts';
import { LetThrough } from '../validation/let-through.ts';
import type { Endpoint } from './endpoint.ts';

/** Looks at most so often: each look takes as long as the request has fields. Of a long body less often. */
const MAX_LOOKS = 64;
const MAX_LOOKS_AT_LONG = 6;
/** Bytes of a body that is long. */
const LONG_BYTES = 64 * 1024;
/** So many elements of lists are taken out one by one; then the list is taken out. */
const MAX_ELEMENTS = 16;

/** What is wrong with the fields. `usualModel`: they are held against the usual model of the endpoint, not against their own. */
type Validate = (
  fields: Fields,
  how: { readonly usualModel: boolean; readonly letThrough: LetThrough },
) => ErrorAnswer | undefined;

/** The fields of a request as far as an answer can be made with them. What is left out, and put in, is noted. */
export function reducedFields(
  fields: Fields,
  { usual = {} }: Pick<Endpoint, 'usual'>,
  {
    letThrough,
    bodyBytes,
    validate,
  }: { readonly letThrough: LetThrough; readonly bodyBytes: number; readonly validate: Validate },
): Fields {
  const reduction = new Reduction(fields, usual);
  let usualModel = false;
  const looks = bodyBytes > LONG_BYTES ? MAX_LOOKS_AT_LONG : MAX_LOOKS;
  for (let look = 0; look < looks; look++) {
    const unknown = new LetThrough();
    const error = validate(reduction.fields, { usualModel, letThrough: unknown });
    if (error === undefined) {
      letThrough.add(unknown);
      return reduction.fields;
    }
    const { field, place, way } = placeOf(error);
    letThrough.note(way, wordsOf(error));
    // The last that is looked at: all else is good.
    if (error.error?.code === 'context_length_exceeded') return reduction.fields;
    if (field === 'model' && !usualModel) usualModel = true;
    else if (!reduction.fill(field, way.length) && !reduction.cut(field, place)) break;
  }
  return reduction.essentials();
}

class Reduction {
  fields: Fields;
  readonly #usual: Fields;
  readonly #filled = new Set<string>();
  #elements = 0;

  constructor(fields: Fields, usual: Fields) {
    this.fields = fields;
    this.#usual = usual;
  }

  /** Puts in a field that is missing; tells whether it could. `steps`: the length of the way to what is wrong. */
  fill(name: string, steps: number): boolean {
    const isMissing = steps === 1 && (this.fields[name] === undefined || this.fields[name] === null);
    if (!isMissing || this.#usual[name] === undefined || this.#filled.has(name)) return false;
    this.#filled.add(name);
    this.fields = { ...this.fields, [name]: this.#usual[name] };
    return true;
  }

  /** Takes out the element of a list, or else the field; tells whether there was any. */
  cut(name: string, place: number | undefined): boolean {
    if (!Object.hasOwn(this.fields, name) || this.#filled.has(name) || name === 'model') return false;
    const { [name]: value, ...others } = this.fields;
    this.fields = others;
    if (!Array.isArray(value) || place === undefined || value.length < 2) return true;
    this.#elements += 1;
    if (this.#elements <= MAX_ELEMENTS) this.fields = { ...others, [name]: value.toSpliced(place, 1) };
    return true;
  }

  /** What is good in any case, where nothing can be taken out that would help. */
  essentials(): Fields {
    const { model, stream } = this.fields;
    return { ...this.#usual, ...(typeof model === 'string' ? { model } : {}), ...(stream === true ? { stream } : {}) };
  }
}

/** Where an error says that something is wrong: `messages[0].content`, and `messages.[0].content`. */
function placeOf({ error }: ErrorAnswer): { field: string; place: number | undefined; way: readonly string[] } {
  const way = error?.param?.match(/[^.[\]]+/g) ?? [];
  const [field = '', next = ''] = way;
  return { field, place: /^\d+$/.test(next) ? Number(next) : undefined, way };
}

/** `invalid type`, where the error has a code; else what it says. */
function wordsOf({ error }: ErrorAnswer): string {
  const { code, message = '' } = error ?? {};
  return typeof code === 'string' && code !== '' ? code.replaceAll('_', ' ') : message.slice(0, 160);
}
