import type { ErrorAnswer } from '../../errors/error.ts';
import { aboveMaximum, belowMinimum, invalidType, invalidValue } from '../../errors/errors.ts';
import { parametersOf } from '../../request/query.ts';
import type { StoredItem } from '../../store/stored-response.ts';

/** What of a list is asked for. */
export interface ListQuery {
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  /** The id of the item before the first. */
  readonly after: string | undefined;
}

export interface Page {
  readonly data: readonly StoredItem[];
  readonly firstId: string | null;
  readonly lastId: string | null;
  readonly hasMore: boolean;
}

const LIMIT = 20;
const MAX_LIMIT = 100;

/** What is wrong with the query of a list (wire-responses.md 4: the upper bound is captured, the others are by its template). */
export function listQueryError(query: string, most = MAX_LIMIT): ErrorAnswer | undefined {
  const { limit, order } = Object.fromEntries(parametersOf(query));
  if (limit !== undefined) {
    const found = Number(limit);
    if (limit === '' || !Number.isInteger(found)) return invalidType('limit', 'an integer', 'a string');
    if (found < 1) return belowMinimum('limit', 'integer', { limit: 1, found });
    if (found > most) return aboveMaximum('limit', 'integer', { limit: most, found });
  }
  return order === undefined || order === 'asc' || order === 'desc' ? undefined : invalidValue('order', order, ['asc', 'desc']);
}

export function listQueryOf(query: string | undefined): ListQuery {
  const { limit, order, after } = Object.fromEntries(parametersOf(query));
  return { limit: Number(limit ?? LIMIT), order: order === 'asc' ? 'asc' : 'desc', after };
}

/** A page of a list, the newest first unless the query says otherwise. After an item that is not there comes nothing. */
export function pageOf(items: readonly StoredItem[], { limit, order, after }: ListQuery): Page {
  const ordered = order === 'asc' ? items : items.toReversed();
  const start = after === undefined ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  const rest = after !== undefined && start === 0 ? [] : ordered.slice(start);
  const data = rest.slice(0, limit);
  return { data, firstId: data[0]?.id ?? null, lastId: data.at(-1)?.id ?? null, hasMore: rest.length > data.length };
}
