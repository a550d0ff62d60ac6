import type { Effect } from '../../../../wire/effect.ts';
import type { TokenText } from '../../../content/token-text.ts';
import type { ReasoningObject, SummaryPart } from '../item-shapes.ts';
import type { ItemIds, ItemStream, OutputItem } from '../output-item.ts';

/** Characters that a sealed thought has beside those of the thought. */
const SEAL_FRAME = 600;
const CHARACTERS_A_TOKEN = 5;

/** What was thought before anything was said. */
export class ReasoningItem implements OutputItem {
  readonly prefix = 'rs';
  readonly tokens = 0;
  readonly status = 'completed';
  readonly sealedLength: number | undefined;
  readonly #summary: readonly TokenText[];

  constructor({
    tokens,
    summary,
    sealed,
  }: {
    readonly tokens: number;
    readonly summary: readonly TokenText[];
    readonly sealed: boolean;
  }) {
    this.sealedLength = sealed ? SEAL_FRAME + CHARACTERS_A_TOKEN * tokens : undefined;
    this.#summary = summary;
  }

  whole(ids: ItemIds): ReasoningObject {
    return this.#object(
      ids,
      this.#summary.map(({ text }) => ({ type: 'summary_text', text })),
    );
  }

  announced(ids: ItemIds): ReasoningObject {
    return this.#object(ids, []);
  }

  *events({ place, writer, deltas }: ItemStream): Iterable<Effect> {
    for (const [index, text] of this.#summary.entries()) {
      const { item_id, output_index } = place;
      const part = (written: string) => ({ ...place, part: { type: 'summary_text' as const, text: written } });
      const addition = { ...part(''), summary_index: index };
      yield writer.event('progress', 'response.reasoning_summary_part.added', addition);
      const shape = { type: 'response.reasoning_summary_text.delta', summaryIndex: index, kind: 'progress' } as const;
      yield* deltas(writer.deltas(place, shape), text);
      const fields = { item_id, output_index, summary_index: index, text: text.text };
      yield writer.event('progress', 'response.reasoning_summary_text.done', fields);
      yield writer.event('progress', 'response.reasoning_summary_part.done', { ...part(text.text), summary_index: index });
    }
  }

  #object({ id, seal }: ItemIds, summary: SummaryPart[]): ReasoningObject {
    return { id, type: 'reasoning', content: [], ...(seal !== '' && { encrypted_content: seal }), summary };
  }
}
