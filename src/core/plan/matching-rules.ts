import { BoundedMemo } from '../memo/bounded-memo.ts';
import { perObject } from '../memo/per-object.ts';
import type { PlannedRule } from './compile.ts';
import type { Facts } from './facts.ts';
import { always } from './match.ts';
import { PlacesByNeed } from './needed.ts';

/** Kinds of requests remembered for one list of rules. */
const MAX_KINDS = 256;
/** Longer model names are looked up anew. */
const MAX_MODEL_LENGTH = 128;

/** Rules that may match requests of one kind. */
interface Candidates {
  /** Their places in the list. */
  readonly places: PlacesByNeed;
  /** Each of them matches every request of the kind. */
  readonly isComplete: boolean;
}

const kindsOf = perObject((_rules: readonly PlannedRule[]) => new BoundedMemo<string, Candidates>(MAX_KINDS));

const NONE: readonly number[] = [];

/**
 * The places in the list of the rules that match the request, in their order. Each is found when it is asked for. The rules
 * that endpoint, dialect, method, model and `stream` do not rule out are found once for each kind of request, and of
 * these those that need a value of the body to the letter by that value: rules that cannot match cost nothing, however many there are.
 */
export function matchingRules(rules: readonly PlannedRule[], facts: Facts): Iterable<number> {
  if (rules.length === 0) return NONE;
  const { places, isComplete } = candidatesFor(rules, facts);
  const found = places.placesFor(facts);
  return isComplete ? found : new Matches(rules, found, facts);
}

function candidatesFor(rules: readonly PlannedRule[], facts: Facts): Candidates {
  const { request, model = '', stream } = facts;
  if (model.length > MAX_MODEL_LENGTH) return candidatesOfKind(rules, facts);
  const kind = `${request.endpoint?.name} ${request.dialect.name} ${request.method} ${stream} ${model === facts.model} ${model}`;
  return kindsOf(rules).get(kind, () => candidatesOfKind(rules, facts));
}

function candidatesOfKind(rules: readonly PlannedRule[], facts: Facts): Candidates {
  const places = new PlacesByNeed();
  let isComplete = true;
  rules.forEach(({ appliesAt, matches }, place) => {
    if (appliesAt !== 'request' || !matches.kind(facts)) return;
    places.add(place, matches.needed);
    if (matches.rest !== always) isComplete = false;
  });
  return { places, isComplete };
}

/** The candidates that match one request. Not a generator, for those are not inlined. */
class Matches implements Iterable<number> {
  readonly #rules: readonly PlannedRule[];
  readonly #places: readonly number[];
  readonly #facts: Facts;

  constructor(rules: readonly PlannedRule[], places: readonly number[], facts: Facts) {
    this.#rules = rules;
    this.#places = places;
    this.#facts = facts;
  }

  [Symbol.iterator](): Iterator<number> {
    let at = 0;
    return {
      next: (): IteratorResult<number> => {
        for (; at < this.#places.length; at++) {
          const place = this.#places[at] ?? 0;
          if (this.#rules[place]?.matches.rest(this.#facts) !== true) continue;
          at += 1;
          return { done: false, value: place };
        }
        return { done: true, value: undefined };
      },
    };
  }
}
