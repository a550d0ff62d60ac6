import type { Effect } from '../../../wire/effect.ts';
import type { TokenText } from '../../content/token-text.ts';
import type { DeltaWriter, EventWriter } from './event-writer.ts';
import type { ItemObject, ItemStatus } from './item-shapes.ts';
import type { ItemPlace } from './response-event.ts';
import type { IdPrefix } from './response-id.ts';

/** What tells an item from others that say the same. */
export interface ItemIds {
  readonly id: string;
  /** What the result of a call names; empty for items that are no call of the caller's own tools. */
  readonly callId: string;
  /** What only the service can read; empty for all items but some reasoning. */
  readonly seal: string;
}

/** What an item is streamed with. */
export interface ItemStream {
  readonly place: ItemPlace;
  readonly writer: EventWriter;
  /** The pieces of a text one after the other, as late as the latency has it. */
  deltas(writer: DeltaWriter, text: TokenText, logprobs?: (piece: string) => unknown): Iterable<Effect>;
}

/** One item of an output: as a whole, and as a stream of events. */
export interface OutputItem {
  readonly prefix: IdPrefix;
  /** The result of this call names it by an id of its own. */
  readonly hasCallId?: true;
  /** Characters that the service seals of it; undefined for none. */
  readonly sealedLength?: number | undefined;
  /** Tokens that were written; of thoughts none. */
  readonly tokens: number;
  /** The status that a whole response gives it. */
  readonly status: Exclude<ItemStatus, 'in_progress'>;
  /** The item when all of it is there. */
  whole(ids: ItemIds): ItemObject;
  /** The item as a stream announces it. */
  announced(ids: ItemIds): ItemObject;
  /** The events between the first and the last of the item. */
  events(stream: ItemStream): Iterable<Effect>;
}
